package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.jspecify.annotations.Nullable;

/** Lowers operators that select elements. */
final class Slicing {
    private Slicing() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("Slice", Slicing::slice);
        rules.put("Split", Slicing::split);
        rules.put("Gather", Slicing::gather);
        rules.put("GatherElements", Slicing::gatherElements);
        rules.put("Compress", Slicing::compress);
        rules.put("CenterCropPad", Slicing::centred);
        rules.put("Trilu", Slicing::trilu);
        rules.put("CumSum", Slicing::cumulativeSum);
    }

    private static void slice(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        List<Long> starts = required(node.wholes(1, "starts"));
        List<Long> ends = required(node.wholes(2, "ends"));
        List<Long> axes = node.wholes(3, "axes");
        List<Long> steps = node.wholes(4, "steps");
        for (int i = 0; i < starts.size(); i++) {
            int axis = x.form().positive(axes == null ? i : axes.get(i));
            long step = steps == null ? 1 : steps.get(i);
            if (step == 0 || i >= ends.size()) {
                throw new Unsupported("it takes parts from " + starts + " to " + ends + " by " + steps);
            }
            x = part(node, x, axis, starts.get(i), ends.get(i), step);
        }
        node.result(x);
    }

    private static List<Long> required(@Nullable List<Long> numbers) throws Unsupported {
        if (numbers == null) {
            throw new Unsupported("it does not say where to begin and to end");
        }
        return numbers;
    }

    private static Value part(NodeLowering node, Value x, int axis, long from, long to, long step) throws Unsupported {
        boolean batch = axis == x.form().batch();
        long size = x.form().symbolic().get(axis);
        long start = Math.max(step > 0 ? 0 : -1, Math.min(step > 0 ? size : size - 1, from < 0 ? from + size : from));
        long stop = Math.max(step > 0 ? 0 : -1, Math.min(step > 0 ? size : size - 1, to < 0 ? to + size : to));
        if (step < 0 && to < -size) {
            stop = -1;
        }
        if (start == 0
                && step == 1
                && (stop == size || (batch && stop >= node.fixedBatch() && node.fixedBatch() > 0))) {
            return x;
        }
        int place = x.form().axis(axis);
        long count = step > 0
                ? Math.max(0, (stop - start + step - 1) / step)
                : Math.max(0, (start - stop - step - 1) / -step);
        List<Long> sizes = new ArrayList<>(x.sizes());
        sizes.set(axis, count);
        if (count == 0) {
            throw new Unsupported("it takes no element of axis " + axis + " of " + x.form());
        }
        Form form = x.form().sized(sizes);
        if (step < 0) {
            long[] index = new long[(int) count];
            for (int i = 0; i < index.length; i++) {
                index[i] = start + i * step;
            }
            return node.taken(form, x, place, new OpOperand.Weight(Constant.vector(index), "reversed"));
        }
        return narrowed(node, x, form, place, start, stop, step);
    }

    private static Value narrowed(NodeLowering node, Value x, Form form, int place, long start, long stop, long step) {
        List<OpArgument> places = new ArrayList<>();
        for (int i = 0; i < place; i++) {
            places.add(OpArgument.positional("all", Setting.of(":")));
        }
        long size = x.form().own().get(place - 1);
        Setting from = start == 0 ? Setting.of("") : Setting.of(start);
        Setting to = stop == size ? Setting.of("") : Setting.of(stop);
        places.add(OpArgument.positional("part", new Setting.Span(from, to, step)));
        return node.subscript(form, x, places);
    }

    private static void split(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        int axis = x.form().positive(node.node().whole("axis", 0));
        int place = x.form().axis(axis);
        long size = x.sizes().get(axis);
        List<Long> parts = node.wholes(1, "split");
        if (parts == null) {
            int count = node.node().outputs().size();
            long each = (size + count - 1) / count;
            parts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                parts.add(Math.min(each, size - i * each));
            }
        }
        long start = 0;
        for (int i = 0; i < parts.size(); i++) {
            long count = parts.get(i);
            if (count < 1 || start + count > size) {
                throw new Unsupported("it splits " + size + " elements into " + parts);
            }
            if (node.wants(i)) {
                List<Long> sizes = new ArrayList<>(x.sizes());
                sizes.set(axis, count);
                node.result(i, narrowed(node, x, x.form().sized(sizes), place, start, start + count, 1));
            }
            start += count;
        }
    }

    private static void gather(NodeLowering node) throws Unsupported {
        if (node.tensor(0) instanceof Known table) {
            embedding(node, table.constant());
            return;
        }
        Value x = node.numbers(0);
        Constant index = node.constant(1);
        int axis = x.form().positive(node.node().whole("axis", 0));
        int place = x.form().axis(axis);
        long size = x.sizes().get(axis);
        long[] places = new long[index.count()];
        boolean following = true;
        for (int i = 0; i < places.length; i++) {
            places[i] = index.wholeAt(i) < 0 ? index.wholeAt(i) + size : index.wholeAt(i);
            following &= places[i] == places[0] + i;
            if (places[i] < 0 || places[i] >= size) {
                throw new Unsupported("it takes element " + index.wholeAt(i) + " of an axis of " + size);
            }
        }
        List<Long> sizes = new ArrayList<>(x.sizes());
        sizes.remove(axis);
        sizes.addAll(axis, index.shape());
        int batch = x.form().batch() > axis
                ? x.form().batch() - 1 + index.rank()
                : x.form().batch();
        Form form = new Form(x.kind(), sizes, batch);
        if (index.rank() == 0) {
            List<OpArgument> all = new ArrayList<>();
            for (int i = 0; i < place; i++) {
                all.add(OpArgument.positional("all", Setting.of(":")));
            }
            all.add(OpArgument.positional("place", Setting.of(places[0])));
            node.result(node.subscript(form, x, all));
        } else if (following && index.rank() == 1 && places.length > 0) {
            node.result(narrowed(node, x, form, place, places[0], places[0] + places.length, 1));
        } else {
            String name = index.name() == null ? "index" : index.name();
            node.result(
                    node.taken(form, x, place, new OpOperand.Weight(Constant.ofWholes(index.shape(), places), name)));
        }
    }

    private static void embedding(NodeLowering node, Constant table) throws Unsupported {
        Value index = node.value(1);
        if (table.rank() != 2 || node.node().whole("axis", 0) != 0) {
            throw new Unsupported("it takes rows of a constant " + table.shape() + " along axis "
                    + node.node().whole("axis", 0) + "; a table needs two axes, of which the first is looked up");
        }
        List<Long> sizes = new ArrayList<>(index.sizes());
        sizes.add(table.size(1));
        Form form = new Form(table.kind(), sizes, index.form().batch());
        node.result(node.layer(
                "Embedding",
                List.of(
                        OpArgument.positional("num_embeddings", table.size(0)),
                        OpArgument.positional("embedding_dim", table.size(1))),
                Map.of("weight", table),
                form,
                index.ref()));
    }

    /** Elements along an axis for which a constant is true. */
    private static void compress(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        Constant kept = node.constant(1);
        if (!node.node().has("axis")) {
            throw new Unsupported("it has no axis, and so takes elements of all samples");
        }
        int axis = x.form().positive(node.node().whole("axis", 0));
        long[] places = LongStream.range(0, kept.count())
                .filter(i -> kept.at((int) i) != 0)
                .toArray();
        List<Long> sizes = new ArrayList<>(x.sizes());
        sizes.set(axis, (long) places.length);
        OpOperand index = new OpOperand.Weight(Constant.vector(places), "index");
        node.result(node.taken(x.form().sized(sizes), x, x.form().axis(axis), index));
    }

    /** The middle of axes that are too long, and zeros around those that are too short. */
    private static void centred(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        List<Long> wanted = node.constant(1).wholeNumbers();
        List<Long> axes = node.node().wholes("axes");
        for (int i = 0; i < wanted.size(); i++) {
            int axis = x.form().positive(axes == null ? i : axes.get(i));
            long size = x.sizes().get(axis);
            long target = wanted.get(i);
            if (axis == x.form().batch() || target == size) {
                continue;
            }
            if (target < size) {
                long start = (size - target) / 2;
                x = part(node, x, axis, start, start + target, 1);
            } else {
                long before = (target - size) / 2;
                List<Long> pads = new ArrayList<>();
                for (int k = x.form().own().size(); k > x.form().axis(axis); k--) {
                    pads.addAll(List.of(0L, 0L));
                }
                pads.addAll(List.of(before, target - size - before));
                List<Long> sizes = new ArrayList<>(x.sizes());
                sizes.set(axis, target);
                List<OpArgument> arguments = List.of(OpArgument.positional("pad", Setting.tuple(pads)));
                x = node.function("pad", x.form().sized(sizes), arguments, x.ref());
            }
        }
        node.result(x);
    }

    private static void gatherElements(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        int axis = x.form().positive(node.node().whole("axis", 0));
        int place = x.form().axis(axis);
        if (node.tensor(1) instanceof Value index) {
            if (place != 1) {
                throw new Unsupported(
                        "it takes elements along axis " + place + "; the first behind the batch is supported");
            }
            node.result(gathered(node, x, x.form().sized(index.sizes()), index.ref()));
            return;
        }
        Constant index = node.constant(1);
        if (x.form().batch() != Form.NONE) {
            throw new Unsupported("its places are a constant, which are the same for all samples of a batch");
        }
        long size = x.sizes().get(axis);
        long[] places = new long[index.count()];
        for (int i = 0; i < places.length; i++) {
            places[i] = index.wholeAt(i) < 0 ? index.wholeAt(i) + size : index.wholeAt(i);
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            order.add(i == 0 ? axis : i == axis ? 0 : i);
        }
        Constant turned = LoweredTensors.permuted(Constant.ofWholes(index.shape(), places), order);
        Value moved = node.permuted(x, order);
        OpOperand buffer = new OpOperand.Weight(turned, "places");
        Value taken = gathered(node, moved, moved.form().sized(turned.shape()), buffer);
        node.result(node.permuted(taken, order));
    }

    private static Value gathered(NodeLowering node, Value x, Form form, OpOperand index) {
        return node.function("gather", form, List.of(OpArgument.named("dim", Setting.of("1"))), x.ref(), index);
    }

    private static void trilu(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        Constant given = node.optionalConstant(1);
        long diagonal = given == null ? 0 : given.wholeAt(0);
        boolean upper = node.node().whole("upper", 1) == 1;
        x.form().axis(x.rank() - 1);
        x.form().axis(x.rank() - 2);
        long rows = x.sizes().get(x.rank() - 2);
        long columns = x.sizes().get(x.rank() - 1);
        double[] kept = new double[Math.toIntExact(rows * columns)];
        for (int i = 0; i < kept.length; i++) {
            long distance = i % columns - i / columns;
            kept[i] = (upper ? distance >= diagonal : distance <= diagonal) ? 1 : 0;
        }
        OpOperand mask =
                new OpOperand.Weight(Constant.ofDoubles(List.of(rows, columns), kept), upper ? "upper" : "lower");
        node.result(node.operator("*", x.form(), x.ref(), mask));
    }

    /** A product with a triangle of ones. */
    private static void cumulativeSum(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        int axis = x.form().positive(node.constant(1).wholeAt(0));
        x.form().axis(axis);
        int size = Math.toIntExact(x.sizes().get(axis));
        boolean reverse = node.node().whole("reverse", 0) == 1;
        boolean exclusive = node.node().whole("exclusive", 0) == 1;
        double[] counted = new double[size * size];
        for (int to = 0; to < size; to++) {
            for (int from = 0; from < size; from++) {
                boolean before = reverse ? from > to : from < to;
                counted[to * size + from] = before || (from == to && !exclusive) ? 1 : 0;
            }
        }
        Constant matrix = Constant.ofDoubles(List.of((long) size, (long) size), counted);
        node.result(ProductNodes.along(node, x, axis, matrix, "ones"));
    }
}
