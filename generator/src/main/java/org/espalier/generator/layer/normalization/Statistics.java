package org.espalier.generator.layer.normalization;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.elementwise.Elementwise;

/** Shapes and kernels that normalizations have in common. */
final class Statistics {
    private Statistics() {}

    /** Checks the shapes of statistics, and of γ and β or the gradients by them. */
    @SafeVarargs
    static ShapeCheck check(Value x, Shape statistics, Value mean, Value inverseStd, Optional<Value>... parameters) {
        ShapeCheck check = new ShapeCheck().channels(x).equal(mean, statistics).equal(inverseStd, statistics);
        for (Optional<Value> parameter : parameters) {
            check.equal(parameter, x.shape().channels());
        }
        return check;
    }

    /**
     * A normalization by statistics that stand still: y = x · scale + shift, where scale = γ/√(var + eps) and shift = β
     * − mean · scale depend on what was learned alone.
     */
    static List<ForwardOp> evaluated(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Optional<Value> bias,
            Value mean,
            Value variance,
            Value y,
            double eps) {
        Value scale = constant(y, "scale", mean.shape());
        Value shift = constant(y, "shift", mean.shape());
        Map<String, Double> numbers = Map.of("eps", eps);
        List<Value> ofScale =
                Stream.concat(Stream.of(variance), weight.stream()).toList();
        List<Value> ofShift =
                Stream.concat(Stream.of(mean, scale), bias.stream()).toList();
        Function scales = Elementwise.formula(
                "scale",
                weight.isPresent() ? List.of("variance", "weight") : List.of("variance"),
                (weight.isPresent() ? "weight" : "1") + " / sqrt(variance + eps)",
                numbers);
        Function shifts = Elementwise.formula(
                "shift",
                bias.isPresent() ? List.of("mean", "scale", "bias") : List.of("mean", "scale"),
                (bias.isPresent() ? "bias" : "0") + " - mean * scale",
                numbers);
        return List.of(
                Elementwise.of(origin, scales, ofScale, scale),
                Elementwise.of(origin, shifts, ofShift, shift),
                new Elementwise(origin, Elementwise.SCALE_AND_SHIFT, List.of(x, scale, shift), List.of(0, 1, 1), y));
    }

    private static Value constant(Value y, String what, Shape shape) {
        return new Value(y.name() + " " + what, shape, Value.Kind.STATISTIC, y.span());
    }

    /**
     * The kernel of a normalization, which takes γ and β in their places even if they are not there.
     *
     * @param signature x, γ, β and what else is read, what is saved, y, and the constants
     */
    static KernelCall call(OpSignature signature, Value x, Optional<Value> weight, Optional<Value> bias) {
        List<Argument> arguments = new ArrayList<>(KernelCall.of(signature).arguments());
        List<Argument> parameters = List.of(Argument.of(weight), Argument.of(bias));
        arguments.removeAll(parameters);
        arguments.addAll(arguments.indexOf(new Argument.Operand(x)) + 1, parameters);
        return KernelCall.ofNormalization(signature.name(), arguments);
    }

    /**
     * The kernel of a normalization's backward, which takes γ and the gradients by γ and β in their places even if they
     * are not there.
     *
     * @param constants between these gradients and whether they add to what is there
     */
    static KernelCall backwardCall(
            OpSignature signature,
            Value x,
            Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Optional<Value> dWeight,
            Optional<Value> dBias,
            Argument... constants) {
        Value dY = signature.sources().get(0);
        List<Argument> arguments = new ArrayList<>(List.of(
                new Argument.Operand(x),
                Argument.of(weight),
                new Argument.Operand(mean),
                new Argument.Operand(inverseStd),
                new Argument.Operand(dY),
                new Argument.Operand(signature.results().get(0)),
                Argument.of(dWeight),
                Argument.of(dBias)));
        arguments.addAll(List.of(constants));
        boolean learns = dWeight.isPresent() || dBias.isPresent();
        arguments.add(learns ? Argument.State.ACCUMULATE : new Argument.Flag(false));
        return KernelCall.ofNormalization(signature.name(), arguments);
    }

    /** Scales and shifts the channels of what was normalized. */
    static String affine(OnnxNodes nodes, String normed, Value x, Optional<Value> weight, Optional<Value> bias) {
        String scaled = weight.map(value -> nodes.add("Mul", normed, ofChannels(nodes, value, x)))
                .orElse(normed);
        return bias.map(value -> nodes.add("Add", scaled, ofChannels(nodes, value, x)))
                .orElse(scaled);
    }

    private static String ofChannels(OnnxNodes nodes, Value value, Value x) {
        Integer[] sizes = new Integer[x.shape().rank() - 1];
        Arrays.fill(sizes, 1);
        sizes[0] = value.shape().axis(0);
        return sizes.length == 1 ? nodes.of(value) : nodes.reshaped(nodes.of(value), Shape.of(sizes));
    }
}
