package org.espalier.onnx.recognize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.model.Constant;
import org.jspecify.annotations.Nullable;

/** Recognizes normalizations that exporters write as formulas. */
final class Norms {
    private Norms() {}

    /** x / √(variance + eps), both of what is centred: layer normalization without weights. */
    static boolean centred(OpSearch operations, ImportedOp last) {
        Scaled scaled = Scaled.of(operations, last);
        if (scaled == null) {
            return false;
        }
        ImportedOp difference = operations.any(scaled.x, "-");
        if (difference == null || difference.operands().size() != 2) {
            return false;
        }
        OpOperand x = difference.operands().get(0);
        ImportedOp mean = operations.any(difference.operands().get(1), "mean");
        if (mean == null || !mean.operands().get(0).equals(x) || !(x instanceof Ref ref)) {
            return false;
        }
        List<Long> shape = lastAxes(mean, ref);
        if (shape == null || !shape.equals(lastAxes(scaled.mean, ref))) {
            return false;
        }
        List<OpArgument> arguments = List.of(
                OpArgument.positional(
                        "normalized_shape", shape.size() == 1 ? Setting.of(shape.get(0)) : Setting.tuple(shape)),
                OpArgument.named("eps", new Setting.Real(scaled.eps)),
                OpArgument.named("elementwise_affine", Setting.of(false)));
        operations.replace(
                last, List.of(OpSearch.layer("LayerNorm", arguments, Map.of(), x, last)), List.of(difference, mean));
        return true;
    }

    /** x / √(mean x² + eps). */
    static boolean rootMeanSquare(OpSearch operations, ImportedOp last) {
        Scaled scaled = Scaled.of(operations, last);
        if (scaled == null || !(scaled.x instanceof Ref ref)) {
            return false;
        }
        List<Long> shape = lastAxes(scaled.mean, ref);
        if (shape == null || operations.any(scaled.x, "-") != null) {
            return false;
        }
        List<OpArgument> arguments = List.of(
                OpArgument.positional(
                        "normalized_shape", shape.size() == 1 ? Setting.of(shape.get(0)) : Setting.tuple(shape)),
                OpArgument.named("eps", new Setting.Real(scaled.eps)),
                OpArgument.named("elementwise_affine", Setting.of(false)));
        operations.replace(
                last, List.of(OpSearch.layer("RMSNorm", arguments, Map.of(), ref, last)), List.of(scaled.mean));
        return true;
    }

    /** The sizes of the last axes, if a reduction goes along exactly those; or null. */
    private static @Nullable List<Long> lastAxes(ImportedOp mean, Ref of) {
        List<Integer> axes = OpSearch.axes(mean);
        int rank = of.rank();
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i) < 0 ? axes.get(i) + rank : axes.get(i);
            if (axis != rank - axes.size() + i || axis < 1) {
                return null;
            }
        }
        boolean kept = mean.argument("keepdim").equals(Setting.of(true));
        return kept ? of.sizes().subList(rank - 1 - axes.size(), rank - 1) : null;
    }

    /** Something by the root of a mean of its squares. */
    private record Scaled(OpOperand x, ImportedOp mean, double eps) {
        static @Nullable Scaled of(OpSearch operations, ImportedOp last) {
            if (last.operands().size() != 2) {
                return null;
            }
            if (last.is("/")) {
                ImportedOp root = operations.only(last.operands().get(1), "sqrt");
                return root == null
                        ? null
                        : inner(
                                operations,
                                last.operands().get(0),
                                root.operands().get(0));
            }
            if (last.is("*")) {
                for (int side = 0; side < 2; side++) {
                    OpOperand of = rooted(operations, last.operands().get(side));
                    Scaled found = of == null
                            ? null
                            : inner(operations, last.operands().get(1 - side), of);
                    if (found != null) {
                        return found;
                    }
                }
            }
            return null;
        }

        /** The operand of 1/√, however that is written. */
        private static @Nullable OpOperand rooted(OpSearch operations, OpOperand operand) {
            ImportedOp inverse = operations.only(operand, "reciprocal");
            ImportedOp quotient = operations.only(operand, "/");
            ImportedOp power = operations.only(operand, "**");
            if (power != null && OpSearch.is(power.operands().get(1), -0.5)) {
                return power.operands().get(0);
            }
            OpOperand root = inverse != null
                    ? inverse.operands().get(0)
                    : quotient != null && OpSearch.is(quotient.operands().get(0), 1)
                            ? quotient.operands().get(1)
                            : null;
            ImportedOp square = root == null ? null : operations.only(root, "sqrt");
            return square == null ? null : square.operands().get(0);
        }

        private static @Nullable Scaled inner(OpSearch operations, OpOperand x, OpOperand variance) {
            ImportedOp sum = operations.only(variance, "+");
            if (sum == null || sum.operands().size() != 2) {
                return null;
            }
            for (int side = 0; side < 2; side++) {
                Double eps = OpSearch.number(sum.operands().get(1 - side));
                ImportedOp mean = operations.only(sum.operands().get(side), "mean");
                if (eps != null && eps > 0 && mean != null) {
                    ImportedOp square = operations.maker(mean.operands().get(0));
                    boolean power = square != null
                            && square.is("**")
                            && square.operands().get(0).equals(x)
                            && OpSearch.is(square.operands().get(1), 2);
                    boolean product = square != null
                            && square.is("*")
                            && square.operands().equals(List.of(x, x));
                    if (power || product) {
                        return new Scaled(x, mean, eps);
                    }
                }
            }
            return null;
        }
    }

    /** The weight of a normalization that has none. */
    static boolean scale(OpSearch operations, ImportedOp last) {
        return weighted(operations, last, "*", "weight");
    }

    /** The bias of a normalization that has a weight. */
    static boolean shift(OpSearch operations, ImportedOp last) {
        return weighted(operations, last, "+", "bias");
    }

    private static boolean weighted(OpSearch operations, ImportedOp last, String operator, String role) {
        if (!last.is(operator) || last.operands().size() != 2) {
            return false;
        }
        for (int side = 0; side < 2; side++) {
            ImportedOp norm = operations.only(last.operands().get(side), "LayerNorm");
            norm = norm == null && role.equals("weight")
                    ? operations.only(last.operands().get(side), "RMSNorm")
                    : norm;
            if (norm == null
                    || !(last.operands().get(1 - side) instanceof OpOperand.Weight weight)
                    || !weight.learned()) {
                continue;
            }
            boolean none = norm.argument("elementwise_affine").equals(Setting.of(false));
            boolean noBias = norm.argument("bias").equals(Setting.of(false));
            if (role.equals("weight") ? !none : !noBias) {
                continue;
            }
            List<Long> shape = new ArrayList<>();
            if (norm.argument("normalized_shape") instanceof Setting.Size size) {
                shape.add(size.number());
            } else if (norm.argument("normalized_shape") instanceof Setting.Tuple tuple) {
                tuple.elements().forEach(element -> shape.add(((Setting.Size) element).number()));
            }
            if (!weight.numbers().shape().equals(shape)) {
                continue;
            }
            List<OpArgument> arguments = new ArrayList<>(norm.arguments());
            arguments.removeIf(argument -> List.of("elementwise_affine", "bias").contains(argument.word()));
            if (norm.is("LayerNorm")) {
                if (role.equals("weight")) {
                    arguments.add(OpArgument.named("bias", Setting.of(false)));
                }
                arguments.removeIf(argument -> argument.word().equals("eps") && isUsual(argument.setting()));
            }
            Map<String, Constant> weights = new LinkedHashMap<>(norm.weights());
            weights.put(role, weight.numbers());
            ImportedOp made = OpSearch.layer(
                    norm.word(), arguments, weights, norm.operands().get(0), last);
            operations.replace(last, List.of(made), List.of(norm));
            return true;
        }
        return false;
    }

    private static boolean isUsual(Setting eps) {
        return eps instanceof Setting.Real real && Math.abs(real.number() - 1e-5) < 1e-11;
    }

    /** PyTorch's exporter writes group normalization as instance normalization of groups, a scale and a shift. */
    static boolean groups(OpSearch operations, ImportedOp last) {
        if (!last.is("+") || last.operands().size() != 2) {
            return false;
        }
        OpOperand.Weight bias = weight(last, 1);
        ImportedOp product = operations.only(last.operands().get(0), "*");
        if (bias == null || product == null || product.operands().size() != 2) {
            return false;
        }
        OpOperand.Weight scale = weight(product, 1);
        ImportedOp back = operations.only(product.operands().get(0), "reshape");
        ImportedOp norm = back == null ? null : operations.only(back.operands().get(0), "InstanceNorm1d");
        if (scale == null || back == null || norm == null || !isPlain(norm)) {
            return false;
        }
        ImportedOp reshape = operations.only(norm.operands().get(0), "reshape");
        ImportedOp apart = reshape == null ? operations.only(norm.operands().get(0), "flatten") : reshape;
        if (apart == null || !(apart.operands().get(0) instanceof Ref x)) {
            return false;
        }
        long channels = x.sizes().get(0);
        long groups = norm.result().sizes().get(0);
        boolean fits = scale.numbers().count() == channels
                && scale.numbers().size(0) == channels
                && bias.numbers().count() == channels
                && bias.numbers().size(0) == channels
                && scale.numbers().rank() == x.sizes().size()
                && back.result().sizes().equals(x.sizes())
                && channels % groups == 0;
        if (!fits) {
            return false;
        }
        List<OpArgument> arguments = new ArrayList<>(
                List.of(OpArgument.positional("num_groups", groups), OpArgument.positional("num_channels", channels)));
        if (norm.argument("eps") instanceof Setting.Real eps) {
            arguments.add(OpArgument.named("eps", eps));
        }
        Map<String, Constant> weights = new LinkedHashMap<>();
        weights.put("weight", scale.numbers().reshaped(List.of(channels)));
        weights.put("bias", bias.numbers().reshaped(List.of(channels)));
        operations.replace(
                last,
                List.of(OpSearch.layer("GroupNorm", arguments, weights, x, last)),
                List.of(product, back, norm, apart));
        return true;
    }

    /** Tells whether a normalization neither scales nor shifts. */
    private static boolean isPlain(ImportedOp norm) {
        Constant weight = norm.weights().get("weight");
        Constant bias = norm.weights().get("bias");
        return (weight == null || weight.isEverywhere(1)) && (bias == null || bias.isEverywhere(0));
    }

    private static OpOperand.@Nullable Weight weight(ImportedOp op, int place) {
        return op.operands().get(place) instanceof OpOperand.Weight weight && weight.learned() ? weight : null;
    }
}
