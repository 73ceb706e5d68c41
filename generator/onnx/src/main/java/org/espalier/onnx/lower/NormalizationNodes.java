package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand.Literal;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Known;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.jspecify.annotations.Nullable;

/** Lowers normalizations. */
final class NormalizationNodes {
    private NormalizationNodes() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("BatchNormalization", NormalizationNodes::batch);
        rules.put("InstanceNormalization", NormalizationNodes::instance);
        rules.put("LayerNormalization", NormalizationNodes::layer);
        rules.put("RMSNormalization", NormalizationNodes::rootMeanSquare);
        rules.put("GroupNormalization", NormalizationNodes::group);
        rules.put("LRN", node -> {
            Value x = NodeWindow.input(node);
            List<OpArgument> arguments = List.of(
                    OpArgument.positional("size", node.node().whole("size", 1)),
                    OpArgument.named("alpha", new Setting.Real(node.node().real("alpha", 1e-4))),
                    OpArgument.named("beta", new Setting.Real(node.node().real("beta", 0.75))),
                    OpArgument.named("k", new Setting.Real(node.node().real("bias", 1))));
            node.result(node.layer("LocalResponseNorm", arguments, Map.of(), x.form(), x.ref()));
        });
        rules.put("MeanVarianceNormalization", node -> {
            Value x = node.numbers(0);
            List<Long> given = node.node().wholes("axes");
            List<Long> axes = given == null ? List.of(0L, 2L, 3L) : given;
            Value centred = node.binary("-", x, Reductions.along(node, x, "mean", axes, true));
            Value square = node.operator("**", x.form(), centred.ref(), new Literal(2));
            Value variance = Reductions.along(node, square, "mean", axes, true);
            Value deviation = node.function("sqrt", variance.form(), variance.ref());
            Value safe = node.operator("+", variance.form(), deviation.ref(), new Literal(1e-9));
            node.result(node.binary("/", centred, safe));
        });
    }

    private static OpArgument eps(NodeLowering node) {
        return OpArgument.named("eps", new Setting.Real(node.node().real("epsilon", 1e-5)));
    }

    private static void addEps(NodeLowering node, List<OpArgument> arguments) {
        if (node.node().real("epsilon", 1e-5) != 1e-5) {
            arguments.add(eps(node));
        }
    }

    private static void batch(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        if (node.node().whole("training_mode", 0) == 1) {
            throw new Unsupported("it is in the mode of training; export the model for use");
        }
        if (x.rank() < 2 || x.rank() > 5 || x.form().batch() != 0 || x.sizes().get(0) != 1) {
            throw new Unsupported("it needs [batch, channels, …], but has " + x.form());
        }
        long channels = x.sizes().get(1);
        Map<String, Constant> weights = LoweredTensors.weights(
                "weight", node.constant(1),
                "bias", node.constant(2),
                "running_mean", node.constant(3),
                "running_var", node.constant(4));
        for (Constant weight : weights.values()) {
            if (!weight.shape().equals(List.of(channels))) {
                throw new Unsupported("its " + weight + " does not fit " + x.form());
            }
        }
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("num_features", channels));
        addEps(node, arguments);
        // ONNX's momentum is the share of the old, PyTorch's that of the new.
        double momentum = Math.round((1 - node.node().real("momentum", 0.9)) * 1e6) / 1e6;
        if (momentum != 0.1 && momentum > 0 && momentum <= 1) {
            arguments.add(OpArgument.named("momentum", new Setting.Real(momentum)));
        }
        String layer = "BatchNorm" + Math.max(1, x.rank() - 2) + "d";
        node.result(node.layer(layer, arguments, weights, x.form(), x.ref()));
    }

    private static void instance(NodeLowering node) throws Unsupported {
        Value x = NodeWindow.input(node);
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("num_features", x.sizes().get(1)));
        addEps(node, arguments);
        Constant weight = node.constant(1);
        Constant bias = node.constant(2);
        Map<String, Constant> weights = Map.of();
        if (!weight.isEverywhere(1) || !bias.isEverywhere(0) || weight.learned()) {
            arguments.add(OpArgument.named("affine", Setting.of(true)));
            weights = LoweredTensors.weights("weight", weight, "bias", bias);
        }
        node.result(node.layer("InstanceNorm" + (x.rank() - 2) + "d", arguments, weights, x.form(), x.ref()));
    }

    private static void layer(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        int axis = x.form().positive(node.node().whole("axis", -1));
        if (node.wants(1) || node.wants(2)) {
            statistics(node, x, axis);
        }
        node.result(normalized(
                node,
                "LayerNorm",
                x,
                axis,
                node.constant(1),
                node.optionalConstant(2),
                node.node().real("epsilon", 1e-5)));
    }

    /** Gives out the mean, and 1 by the deviation. */
    private static void statistics(NodeLowering node, Value x, int axis) throws Unsupported {
        List<Long> axes = new ArrayList<>();
        for (int i = axis; i < x.rank(); i++) {
            axes.add((long) i);
        }
        Value mean = Reductions.along(node, x, "mean", axes, true);
        Value centred = node.binary("-", x, mean);
        Value square = node.operator("**", x.form(), centred.ref(), new Literal(2));
        Value variance = Reductions.along(node, square, "mean", axes, true);
        double eps = node.node().real("epsilon", 1e-5);
        Value safe = node.operator("+", variance.form(), variance.ref(), new Literal(eps));
        node.result(1, mean);
        node.result(2, node.function("rsqrt", variance.form(), safe.ref()));
    }

    private static void rootMeanSquare(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        int axis = x.form().positive(node.node().whole("axis", -1));
        node.result(normalized(
                node, "RMSNorm", x, axis, node.constant(1), null, node.node().real("epsilon", 1e-5)));
    }

    private static Value normalized(
            NodeLowering node, String layer, Value x, int axis, Constant weight, @Nullable Constant bias, double eps)
            throws Unsupported {
        for (int i = axis; i < x.rank(); i++) {
            x.form().axis(i);
        }
        List<Long> shape = x.sizes().subList(axis, x.rank());
        long count = ReshapeNodes.product(shape);
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional(
                "normalized_shape", shape.size() == 1 ? Setting.of(shape.get(0)) : Setting.tuple(shape)));
        boolean rms = layer.equals("RMSNorm");
        if (eps != 1e-5 || rms) {
            arguments.add(OpArgument.named("eps", new Setting.Real(eps)));
        }
        boolean fits = weight.count() == count && (bias == null || bias.count() == count);
        if (fits) {
            if (bias == null && !rms) {
                arguments.add(OpArgument.named("bias", Setting.of(false)));
            }
            return node.layer(
                    layer,
                    arguments,
                    LoweredTensors.weights(
                            "weight", weight.reshaped(shape), "bias", bias == null ? null : bias.reshaped(shape)),
                    x.form(),
                    x.ref());
        }
        arguments.add(OpArgument.named("elementwise_affine", Setting.of(false)));
        Value plain = node.layer(layer, arguments, Map.of(), x.form(), x.ref());
        Value scaled = node.binary("*", plain, new Known(weight));
        return bias == null ? scaled : node.binary("+", scaled, new Known(bias));
    }

    private static void group(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        if (x.rank() < 2 || x.form().batch() != 0 || x.sizes().get(0) != 1) {
            throw new Unsupported("it needs [batch, channels, …], but has " + x.form());
        }
        long groups = node.node().whole("num_groups", 1);
        long channels = x.sizes().get(1);
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("num_groups", groups));
        arguments.add(OpArgument.positional("num_channels", channels));
        addEps(node, arguments);
        node.result(node.layer(
                "GroupNorm",
                arguments,
                LoweredTensors.weights(
                        "weight", perChannel(node.constant(1), groups, channels),
                        "bias", perChannel(node.constant(2), groups, channels)),
                x.form(),
                x.ref()));
    }

    /** In version 18 there is a number for each group. */
    private static Constant perChannel(Constant of, long groups, long channels) throws Unsupported {
        if (of.count() == channels) {
            return of;
        }
        if (of.count() != groups) {
            throw new Unsupported("its " + of + " fits neither " + channels + " channels nor " + groups + " groups");
        }
        int[] places = new int[(int) channels];
        Arrays.setAll(places, i -> (int) (i / (channels / groups)));
        return LoweredTensors.taken(of, List.of(channels), places);
    }
}
