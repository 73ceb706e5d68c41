package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand.Literal;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Value;

/** Lowers pools. */
final class PoolNodes {
    private PoolNodes() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("MaxPool", PoolNodes::maximum);
        rules.put("AveragePool", PoolNodes::average);
        rules.put("LpPool", PoolNodes::norm);
        rules.put("GlobalAveragePool", node -> global(node, "AdaptiveAvgPool"));
        rules.put("GlobalMaxPool", node -> global(node, "AdaptiveMaxPool"));
        rules.put("GlobalLpPool", node -> {
            Value x = NodeWindow.input(node);
            List<Integer> axes = new ArrayList<>();
            for (int i = 2; i < x.rank(); i++) {
                axes.add(i);
            }
            List<OpArgument> arguments = List.of(
                    OpArgument.named("p", new Setting.Real(node.node().whole("p", 2))),
                    OpArgument.named("dim", Setting.axes(axes)),
                    OpArgument.named("keepdim", Setting.of(true)));
            node.result(node.function("norm", ones(x), arguments, x.ref()));
        });
    }

    private static Form ones(Value x) {
        List<Long> sizes = new ArrayList<>(x.sizes().subList(0, 2));
        while (sizes.size() < x.rank()) {
            sizes.add(1L);
        }
        return x.form().sized(sizes);
    }

    private static void global(NodeLowering node, String layer) throws Unsupported {
        Value x = NodeWindow.input(node);
        node.result(node.layer(
                layer + (x.rank() - 2) + "d",
                List.of(OpArgument.positional("output_size", Setting.of("1"))),
                Map.of(),
                ones(x),
                x.ref()));
    }

    private static List<Long> kernel(NodeLowering node) throws Unsupported {
        List<Long> kernel = node.node().wholes("kernel_shape");
        if (kernel == null) {
            throw new Unsupported("it has no kernel_shape");
        }
        return kernel;
    }

    private static boolean roundsUp(NodeLowering node) {
        return node.node().whole("ceil_mode", 0) == 1;
    }

    private static Form form(Value x, List<Long> outputs) {
        List<Long> sizes = new ArrayList<>(x.sizes().subList(0, 2));
        sizes.addAll(outputs);
        return x.form().sized(sizes);
    }

    private static void maximum(NodeLowering node) throws Unsupported {
        if (node.wants(1)) {
            throw new Unsupported("its second output, the places of the largest, is not supported");
        }
        Value x = NodeWindow.input(node);
        NodeWindow window = NodeWindow.of(node, x, kernel(node));
        if (!window.suitsPools()) {
            x = window.whollyPadded(node, x, -3.4e38);
        }
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("kernel_size", Setting.square(window.kernel())));
        window.describePool(arguments, true);
        window.describeDilation(arguments);
        if (roundsUp(node)) {
            arguments.add(OpArgument.named("ceil_mode", Setting.of(true)));
        }
        Form form = form(x, window.outputs(x, roundsUp(node)));
        node.result(node.layer("MaxPool" + window.kernel().size() + "d", arguments, Map.of(), form, x.ref()));
    }

    private static void average(NodeLowering node) throws Unsupported {
        Value x = NodeWindow.input(node);
        NodeWindow window = NodeWindow.of(node, x, kernel(node));
        boolean counted = node.node().whole("count_include_pad", 0) == 1;
        if (window.isDilated()) {
            throw new Unsupported("its window has gaps, which only pools of maxima can have");
        }
        if (!window.suitsPools()) {
            if (!counted || roundsUp(node)) {
                averageOfThoseThere(node, x, window);
                return;
            }
            x = window.whollyPadded(node, x, 0);
        }
        node.result(average(node, x, window, counted));
    }

    private static Value average(NodeLowering node, Value x, NodeWindow window, boolean counted) throws Unsupported {
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("kernel_size", Setting.square(window.kernel())));
        boolean padded = window.isPadded();
        window.describePool(arguments, true);
        if (roundsUp(node)) {
            arguments.add(OpArgument.named("ceil_mode", Setting.of(true)));
        }
        if (padded && !counted) {
            arguments.add(OpArgument.named("count_include_pad", Setting.of(false)));
        }
        Form form = form(x, window.outputs(x, roundsUp(node)));
        return node.layer("AvgPool" + window.kernel().size() + "d", arguments, Map.of(), form, x.ref());
    }

    /** Padding that differs between the sides and does not count: a mean of the tensor by a mean of ones. */
    private static void averageOfThoseThere(NodeLowering node, Value x, NodeWindow window) throws Unsupported {
        if (roundsUp(node)) {
            throw new Unsupported("its padding differs between the sides, and it rounds sizes up");
        }
        Value nothing = node.operator("*", x.form(), x.ref(), new Literal(0));
        Value ones = node.operator("+", x.form(), nothing.ref(), new Literal(1));
        NodeWindow other = NodeWindow.of(node, x, window.kernel());
        Value sums = average(node, window.whollyPadded(node, x, 0), window, true);
        Value shares = average(node, other.whollyPadded(node, ones, 0), other, true);
        node.result(node.operator("/", sums.form(), sums.ref(), shares.ref()));
    }

    private static void norm(NodeLowering node) throws Unsupported {
        Value x = NodeWindow.input(node);
        NodeWindow window = NodeWindow.of(node, x, kernel(node));
        if (window.isDilated() || x.rank() > 5) {
            throw new Unsupported("its window has gaps, which only pools of maxima can have");
        }
        x = window.whollyPadded(node, x, 0);
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(
                OpArgument.positional("norm_type", new Setting.Real(node.node().whole("p", 2))));
        arguments.add(OpArgument.positional("kernel_size", Setting.square(window.kernel())));
        window.describePool(arguments, false);
        if (roundsUp(node)) {
            arguments.add(OpArgument.named("ceil_mode", Setting.of(true)));
        }
        // PyTorch's norm is that of the sum, ONNX's of absolute values.
        Value sizes = node.function("abs", x.form(), x.ref());
        Form form = form(x, window.outputs(x, roundsUp(node)));
        node.result(node.layer("LPPool" + window.kernel().size() + "d", arguments, Map.of(), form, sizes.ref()));
    }
}
