package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand.Literal;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.jspecify.annotations.Nullable;

/** Lowers reductions along axes, and softmax. */
final class Reductions {
    private Reductions() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("ReduceMean", node -> reduce(node, "mean"));
        rules.put("ReduceSum", node -> reduce(node, "sum"));
        rules.put("ReduceMax", node -> reduce(node, "amax"));
        rules.put("ReduceMin", node -> reduce(node, "amin"));
        rules.put("ReduceProd", node -> reduce(node, "prod"));
        rules.put("ReduceLogSumExp", node -> reduce(node, "logsumexp"));
        rules.put("ReduceL2", node -> reduce(node, "norm"));
        rules.put("ReduceL1", node -> of(node, absolute(node), "sum"));
        rules.put("ReduceSumSquare", node -> {
            Value x = node.numbers(0);
            of(node, node.operator("**", x.form(), x.ref(), new Literal(2)), "sum");
        });
        rules.put("ReduceLogSum", node -> {
            Value sum = reduced(node, node.numbers(0), "sum");
            node.result(node.function("log", sum.form(), sum.ref()));
        });
        rules.put("Softmax", node -> softmax(node, "Softmax"));
        rules.put("LogSoftmax", node -> softmax(node, "LogSoftmax"));
        rules.put("LpNormalization", node -> {
            Value x = node.numbers(0);
            int axis = x.form().axis(x.form().positive(node.node().whole("axis", -1)));
            List<OpArgument> arguments = List.of(
                    OpArgument.named("p", new Setting.Real(node.node().whole("p", 2))),
                    OpArgument.named("dim", Setting.of(String.valueOf(axis))));
            node.result(node.function("normalize", x.form(), arguments, x.ref()));
        });
    }

    private static Value absolute(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        return node.function("abs", x.form(), x.ref());
    }

    private static void reduce(NodeLowering node, String function) throws Unsupported {
        of(node, node.numbers(0), function);
    }

    private static void of(NodeLowering node, Value x, String function) throws Unsupported {
        node.result(reduced(node, x, function));
    }

    private static Value reduced(NodeLowering node, Value x, String function) throws Unsupported {
        List<Long> axes = node.wholes(1, "axes");
        boolean keep = node.node().whole("keepdims", 1) == 1;
        if ((axes == null || axes.isEmpty()) && node.node().whole("noop_with_empty_axes", 0) == 1) {
            return x;
        }
        return along(node, x, function, axes, keep);
    }

    /** Reduces along axes of the model, or along all. */
    static Value along(NodeLowering node, Value x, String function, @Nullable List<Long> axes, boolean keep)
            throws Unsupported {
        Set<Integer> places = new TreeSet<>();
        if (axes == null || axes.isEmpty()) {
            for (int i = 0; i < x.rank(); i++) {
                places.add(i);
            }
        } else {
            for (long axis : axes) {
                places.add(x.form().positive(axis));
            }
        }
        if (places.isEmpty()) {
            return x;
        }
        List<Integer> dims = new ArrayList<>();
        for (int place : places) {
            dims.add(x.form().axis(place));
        }
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.named("dim", Setting.axes(dims)));
        if (keep) {
            arguments.add(OpArgument.named("keepdim", Setting.of(true)));
        }
        return node.function(function, without(x.form(), places, keep), arguments, x.ref());
    }

    private static Form without(Form form, Set<Integer> axes, boolean keep) {
        List<Long> sizes = new ArrayList<>();
        int batch = form.batch();
        for (int i = 0; i < form.rank(); i++) {
            if (!axes.contains(i)) {
                sizes.add(form.sizes().get(i));
            } else if (keep) {
                sizes.add(1L);
            } else if (i < form.batch()) {
                batch--;
            }
        }
        return new Form(form.kind(), sizes, batch);
    }

    private static void softmax(NodeLowering node, String layer) throws Unsupported {
        Value x = node.numbers(0);
        boolean old = node.node().version() < 13;
        int axis = x.form().positive(node.node().whole("axis", old ? 1 : -1));
        if (old && axis != x.rank() - 1) {
            List<Long> sizes = new ArrayList<>(x.sizes().subList(0, axis));
            sizes.add(x.sizes().subList(axis, x.rank()).stream().reduce(1L, (a, b) -> a * b));
            if (x.form().batch() >= axis) {
                throw new Unsupported("it works along the batch, whose samples a network keeps apart");
            }
            Value flat = node.reshaped(x, x.form().sized(sizes));
            node.result(node.reshaped(softmax(node, layer, flat, axis), x.form()));
        } else {
            node.result(softmax(node, layer, x, axis));
        }
    }

    private static Value softmax(NodeLowering node, String layer, Value x, int axis) throws Unsupported {
        int place = x.form().axis(axis);
        String dim = place == x.form().own().size() ? "-1" : String.valueOf(place);
        return node.layer(layer, List.of(OpArgument.named("dim", Setting.of(dim))), Map.of(), x.form(), x.ref());
    }
}
