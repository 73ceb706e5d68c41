package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Rows;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;

/** Lowers operators that move elements and compute nothing. */
final class ShapeNodes {
    private ShapeNodes() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("Shape", node -> {
            List<Long> sizes = node.value(0).form().symbolic();
            int rank = sizes.size();
            int start = bound(node.node().whole("start", 0), rank);
            int end = bound(node.node().whole("end", rank), rank);
            List<Long> part = start < end ? sizes.subList(start, end) : List.of();
            node.result(
                    new Known(Constant.vector(part.stream().mapToLong(x -> x).toArray())));
        });
        rules.put(
                "Size",
                node -> node.result(new Known(Constant.ofWholes(
                        List.of(),
                        new long[] {ReshapeNodes.product(node.value(0).form().symbolic())}))));
        rules.put("Reshape", ShapeNodes::reshape);
        rules.put("Flatten", ShapeNodes::flatten);
        rules.put("Squeeze", ShapeNodes::squeeze);
        rules.put("Unsqueeze", ShapeNodes::unsqueeze);
        rules.put("Transpose", node -> {
            Value x = node.value(0);
            List<Long> given = node.node().wholes("perm");
            List<Integer> order = new ArrayList<>();
            if (given == null) {
                for (int i = x.rank() - 1; i >= 0; i--) {
                    order.add(i);
                }
            } else {
                for (long axis : given) {
                    order.add(x.form().positive(axis));
                }
            }
            if (order.size() != x.rank() || order.stream().distinct().count() != x.rank()) {
                throw new Unsupported("the order " + order + " is none of the axes of " + x.form());
            }
            node.result(node.permuted(x, order));
        });
        rules.put("Expand", ShapeNodes::expand);
        rules.put("Concat", ShapeNodes::concat);
        rules.put("Tile", ShapeNodes::tile);
        rules.put("DepthToSpace", ShapeNodes::depthToSpace);
        rules.put("SpaceToDepth", ShapeNodes::spaceToDepth);
    }

    private static int bound(long index, int rank) {
        long counted = index < 0 ? index + rank : index;
        return (int) Math.max(0, Math.min(rank, counted));
    }

    private static void reshape(NodeLowering node) throws Unsupported {
        Value x = node.value(0);
        List<Long> target = new ArrayList<>(node.constant(1).wholeNumbers());
        for (int i = 0; i < target.size(); i++) {
            if (target.get(i) == 0 && node.node().whole("allowzero", 0) == 0) {
                if (i >= x.rank()) {
                    throw new Unsupported("size " + i + " of the shape is 0, but there is no such size in " + x.form());
                }
                target.set(i, x.form().symbolic().get(i));
            }
        }
        Form apart = RowNodes.apart(x.form(), target, node.fixedBatch());
        node.result(
                apart == null
                        ? node.reshaped(x, ReshapeNodes.of(x.form(), target, node.fixedBatch()))
                        : new Rows(node.reshaped(x, apart)));
    }

    private static void flatten(NodeLowering node) throws Unsupported {
        Value x = node.value(0);
        long given = node.node().whole("axis", 1);
        int axis = given == x.rank() ? x.rank() : x.form().positive(given);
        List<Long> sizes = x.form().symbolic();
        List<Long> target = List.of(
                ReshapeNodes.product(sizes.subList(0, axis)), ReshapeNodes.product(sizes.subList(axis, x.rank())));
        node.result(node.reshaped(x, ReshapeNodes.of(x.form(), target, node.fixedBatch())));
    }

    private static void squeeze(NodeLowering node) throws Unsupported {
        Value x = node.value(0);
        List<Long> given = node.wholes(1, "axes");
        List<Long> sizes = new ArrayList<>();
        List<Integer> dropped = new ArrayList<>();
        if (given == null) {
            for (int i = 0; i < x.rank(); i++) {
                if (x.sizes().get(i) == 1 && i != x.form().batch()) {
                    dropped.add(i);
                }
            }
        } else {
            for (long axis : given) {
                dropped.add(x.form().positive(axis));
            }
        }
        for (int i = 0; i < x.rank(); i++) {
            if (!dropped.contains(i)) {
                sizes.add(x.form().symbolic().get(i));
            } else if (x.sizes().get(i) != 1) {
                throw new Unsupported("axis " + i + " of " + x.form() + " has not the size 1");
            }
        }
        if (dropped.contains(x.form().batch())) {
            throw new Unsupported("it drops the axis of the batch; export the model with a batch of any size");
        }
        node.result(node.reshaped(x, ReshapeNodes.of(x.form(), sizes, node.fixedBatch())));
    }

    private static void unsqueeze(NodeLowering node) throws Unsupported {
        Value x = node.value(0);
        List<Long> axes = node.wholes(1, "axes");
        if (axes == null) {
            throw new Unsupported("it does not say which axes to add");
        }
        int rank = x.rank() + axes.size();
        List<Integer> places = new ArrayList<>();
        for (long axis : axes) {
            places.add(Form.positive(axis, rank));
        }
        List<Long> sizes = new ArrayList<>();
        int batch = Form.NONE;
        int from = 0;
        for (int i = 0; i < rank; i++) {
            if (places.contains(i)) {
                sizes.add(1L);
            } else {
                batch = from == x.form().batch() ? i : batch;
                sizes.add(x.sizes().get(from));
                from++;
            }
        }
        node.result(node.reshaped(x, new Form(x.kind(), sizes, batch)));
    }

    private static void expand(NodeLowering node) throws Unsupported {
        List<Long> target = node.constant(1).wholeNumbers();
        if (node.tensor(0) instanceof Known known) {
            int batch = Form.NONE;
            List<Long> sizes = new ArrayList<>(target);
            List<Long> shape = known.constant().shape();
            for (int i = 0; i < sizes.size(); i++) {
                int place = i - sizes.size() + shape.size();
                if (place >= 0 && (sizes.get(i) == 1 || sizes.get(i) == -1)) {
                    sizes.set(i, shape.get(place));
                }
                if (sizes.get(i) != 0 && sizes.get(i) % Form.BATCH == 0) {
                    batch = i;
                    sizes.set(i, sizes.get(i) / Form.BATCH);
                }
            }
            if (batch == Form.NONE) {
                throw new Unsupported("it expands a constant to " + target + ", which is too large");
            }
            node.result(spread(node, known.constant(), new Form(known.constant().kind(), sizes, batch)));
            return;
        }
        Value x = node.numbers(0);
        int rank = Math.max(target.size(), x.rank());
        List<Long> sizes = new ArrayList<>();
        int batch = x.form().batch() == Form.NONE ? Form.NONE : x.form().batch() + rank - x.rank();
        for (int i = 0; i < rank; i++) {
            long wanted = i - rank + target.size() < 0 ? 1 : target.get(i - rank + target.size());
            long there = i - rank + x.rank() < 0 ? 1 : x.sizes().get(i - rank + x.rank());
            if (i == batch) {
                sizes.add(there);
            } else if (wanted == 1 || wanted == there) {
                sizes.add(there);
            } else if (there == 1 && wanted % Form.BATCH != 0) {
                sizes.add(wanted);
            } else {
                throw new Unsupported(x.form() + " cannot be expanded to " + target);
            }
        }
        Form form = new Form(x.kind(), sizes, batch);
        List<Long> padded = new ArrayList<>(Collections.nCopies(rank - x.rank(), 1L));
        padded.addAll(x.sizes());
        Value aligned = node.reshaped(x, new Form(x.kind(), padded, batch));
        node.result(
                form.own().equals(aligned.form().own())
                        ? new Value(aligned.ref(), form)
                        : node.method("expand", form, aligned, sizes(form.own())));
    }

    /** A constant that every sample gets. */
    static Value spread(NodeLowering node, Constant constant, Form form) throws Unsupported {
        OpOperand operand = node.weight(constant, form);
        OpOperand weight = operand instanceof OpOperand.Literal
                ? new OpOperand.Weight(constant.reshaped(List.of(1L)), "constant")
                : operand;
        return node.spread(weight, form, sizes(form.own()));
    }

    private static List<OpArgument> sizes(List<Long> own) {
        List<OpArgument> sizes = new ArrayList<>();
        sizes.add(OpArgument.positional("batch", Setting.of("batch")));
        own.forEach(size -> sizes.add(OpArgument.positional("size", size)));
        return sizes;
    }

    private static void concat(NodeLowering node) throws Unsupported {
        List<LoweredTensor> parts = new ArrayList<>();
        Value first = null;
        for (int i = 0; i < node.node().inputs().size(); i++) {
            LoweredTensor part = node.tensor(i);
            parts.add(part);
            first = first == null && part instanceof Value value ? value : first;
        }
        if (first == null) {
            throw new Unsupported("it joins constants that are too large");
        }
        int axis = first.form().positive(node.node().whole("axis", 0));
        List<Value> values = new ArrayList<>();
        for (LoweredTensor part : parts) {
            Value value = part instanceof Value made
                    ? node.number(made)
                    : spread(node, ((Known) part).constant(), spreadForm(((Known) part).constant(), first.form()));
            if (value.rank() != first.rank()
                    || value.form().batch() != first.form().batch()) {
                throw new Unsupported("it joins " + first.form() + " and " + value.form());
            }
            if (ReshapeNodes.product(value.sizes()) != 0) {
                values.add(value);
            }
        }
        node.result(joined(node, values, axis));
    }

    private static Form spreadForm(Constant constant, Form like) {
        List<Long> sizes = new ArrayList<>(constant.shape());
        if (like.batch() != Form.NONE && like.batch() < sizes.size()) {
            sizes.set(like.batch(), like.sizes().get(like.batch()));
        }
        return new Form(like.kind(), sizes, like.batch());
    }

    static Value joined(NodeLowering node, List<Value> values, int axis) throws Unsupported {
        Form form = values.get(0).form();
        int place = form.axis(axis);
        long size = 0;
        for (Value value : values) {
            size += value.sizes().get(axis);
        }
        List<Long> sizes = new ArrayList<>(form.sizes());
        sizes.set(axis, size);
        OpOperand[] operands = values.stream().map(Value::ref).toArray(OpOperand[]::new);
        if (operands.length == 1) {
            return values.get(0);
        }
        return place == 1
                ? node.function("concat", form.sized(sizes), operands)
                : node.function(
                        "cat",
                        form.sized(sizes),
                        List.of(OpArgument.named("dim", Setting.of(String.valueOf(place)))),
                        operands);
    }

    private static void tile(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        List<Long> repeats = node.constant(1).wholeNumbers();
        if (repeats.size() != x.rank()) {
            throw new Unsupported("it repeats " + repeats + " along the axes of " + x.form());
        }
        for (int axis = 0; axis < repeats.size(); axis++) {
            if (repeats.get(axis) < 1 || repeats.get(axis) > 1024) {
                throw new Unsupported("it repeats an axis " + repeats.get(axis) + " times; 1 to 1024 are supported");
            }
            if (repeats.get(axis) > 1) {
                x = joined(node, Collections.nCopies(repeats.get(axis).intValue(), x), axis);
            }
        }
        node.result(x);
    }

    private static void depthToSpace(NodeLowering node) throws Unsupported {
        Value x = image(node);
        long r = block(
                node,
                x.sizes().get(1)
                                % (node.node().whole("blocksize", 1)
                                        * node.node().whole("blocksize", 1))
                        == 0);
        long channels = x.sizes().get(1) / (r * r);
        long height = x.sizes().get(2);
        long width = x.sizes().get(3);
        Form form = x.form().sized(List.of(1L, channels, height * r, width * r));
        if (node.node().text("mode", "DCR").equals("CRD")) {
            node.result(node.layer(
                    "PixelShuffle", List.of(OpArgument.positional("upscale_factor", r)), Map.of(), form, x.ref()));
            return;
        }
        Value apart = node.reshaped(x, x.form().sized(List.of(1L, r, r, channels, height, width)));
        node.result(node.reshaped(node.permuted(apart, List.of(0, 3, 4, 1, 5, 2)), form));
    }

    private static void spaceToDepth(NodeLowering node) throws Unsupported {
        Value x = image(node);
        long size = node.node().whole("blocksize", 1);
        long r = block(node, x.sizes().get(2) % size == 0 && x.sizes().get(3) % size == 0);
        long channels = x.sizes().get(1);
        long height = x.sizes().get(2) / r;
        long width = x.sizes().get(3) / r;
        Value apart = node.reshaped(x, x.form().sized(List.of(1L, channels, height, r, width, r)));
        Form form = x.form().sized(List.of(1L, channels * r * r, height, width));
        node.result(node.reshaped(node.permuted(apart, List.of(0, 3, 5, 1, 2, 4)), form));
    }

    private static long block(NodeLowering node, boolean fits) throws Unsupported {
        long size = node.node().whole("blocksize", 1);
        if (size < 1 || !fits) {
            throw new Unsupported("its blocks of " + size + " do not fit the shape");
        }
        return size;
    }

    private static Value image(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        if (x.rank() != 4 || x.form().batch() != 0 || x.sizes().get(0) != 1) {
            throw new Unsupported("it needs [batch, channels, height, width], but has " + x.form());
        }
        return x;
    }
}
