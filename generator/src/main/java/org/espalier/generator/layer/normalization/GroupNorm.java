package org.espalier.generator.layer.normalization;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * As instance normalization, but over parts of a sample that follow each other: either {@code groups} groups of
 * channels, with γ and β of each channel ({@code GroupNorm}), or all that the last axes of x span, with γ and β of each
 * of their elements ({@code LayerNorm}). {@code mean} and {@code inverseStd} are [batch, parts].
 */
public record GroupNorm(
        Origin origin,
        Value x,
        Optional<Value> weight,
        Optional<Value> bias,
        Value mean,
        Value inverseStd,
        Value y,
        double eps,
        Affine affine)
        implements ForwardOp {
    public static final LayerDefinition LAYER = LayerDefinition.norm(
                    Signature.of("GroupNorm")
                            .required("num_groups", Type.INT)
                            .required("num_channels", Type.INT)
                            .with("eps", 1e-5)
                            .with("affine", true)
                            .byName("bias", Type.BOOL, new Datum.Bool(true))
                            .regularizers()
                            .build(),
                    Rule::of)
            .example("GroupNorm(2, 6)", "[batch, 6, 4, 4]", "[batch, 6, 4, 4]", 12)
            .example("GroupNorm(2, 6, bias=false)", "[batch, 6, 4, 4]", "[batch, 6, 4, 4]", 6)
            .example("GroupNorm(3, 6, affine=false)", "[batch, 6]", "[batch, 6]", 0);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "group_norm", p -> read(p, Affine.CHANNELS),
            "group_norm_backward", p -> readBackward(p, Affine.CHANNELS),
            "layer_norm", p -> read(p, Affine.ELEMENTS),
            "layer_norm_backward", p -> readBackward(p, Affine.ELEMENTS));

    private static GroupNorm read(PrintedOp p, Affine affine) {
        return new GroupNorm(
                p.origin(),
                p.operand(),
                p.optionalOperand(Role.NORM_WEIGHT),
                p.optionalOperand(Role.NORM_BIAS),
                p.saved(),
                p.saved(),
                p.result(),
                p.real("eps"),
                affine);
    }

    private static Backward readBackward(PrintedOp p, Affine affine) {
        return new Backward(
                p.origin(),
                p.operand(),
                p.optionalOperand(Role.NORM_WEIGHT),
                p.operand(),
                p.operand(),
                p.operand(),
                p.result(),
                p.optionalResult(Role.NORM_WEIGHT),
                p.optionalResult(Role.NORM_BIAS),
                affine);
    }

    /** Granularity of γ and β. */
    public enum Affine {
        /** Each channel has its own. */
        CHANNELS("group_norm"),
        /** Each element of a part has its own. */
        ELEMENTS("layer_norm");

        private final String text;

        Affine(String text) {
            this.text = text;
        }

        /** The name of the operation in printed programs. */
        String text() {
            return text;
        }
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of(affine.text())
                .from(x)
                .with(weight)
                .with(bias)
                .to(y)
                .saving(mean, inverseStd)
                .attribute("eps", eps)
                .build();
    }

    @Override
    public KernelCall call() {
        return Statistics.call(signature(), x, weight, bias);
    }

    /** Parts of a sample: how many, by their means. */
    private static ShapeCheck parts(Value x, Value mean, Value inverseStd, Affine affine) {
        return new ShapeCheck()
                .channels(x)
                .sameShape(mean, inverseStd)
                .that(
                        mean.shape().batched() && mean.shape().rank() == 2,
                        () -> mean + " is " + mean.shape() + " and should be [batch, parts]")
                .then(check -> {
                    long parts = mean.shape().axis(1);
                    long divided = affine == Affine.CHANNELS
                            ? x.shape().axis(1)
                            : x.shape().elements();
                    check.that(divided % parts == 0, () -> x + " " + x.shape() + " has no " + parts + " equal parts");
                });
    }

    /** The shape of γ or β. */
    private static Shape shape(Value x, Value mean, Affine affine, Optional<Value> parameter) {
        if (affine == Affine.CHANNELS) {
            return x.shape().channels();
        }
        int axes = parameter.map(value -> value.shape().rank()).orElse(0);
        List<Integer> sizes = x.shape().dimensions();
        Shape last = new Shape(false, sizes.subList(Math.max(0, sizes.size() - axes), sizes.size()));
        boolean isPart = last.elements() * mean.shape().elements() == x.shape().elements();
        return isPart ? last : Shape.of();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        if (affine == Affine.ELEMENTS) {
            layerNorm(nodes);
            return;
        }
        int parts = mean.shape().axis(1);
        Shape lines = Shape.batch(parts, (int) (x.shape().elements() / parts));
        String normed = nodes.add(OnnxNode.of(
                        "InstanceNormalization",
                        nodes.reshaped(nodes.of(x), lines),
                        nodes.filled(1, List.of(parts)),
                        nodes.filled(0, List.of(parts)))
                .with("epsilon", eps));
        nodes.is(y, Statistics.affine(nodes, nodes.reshaped(normed, x.shape()), x, weight, bias));
    }

    private void layerNorm(OnnxNodes nodes) {
        long elements = x.shape().elements() / mean.shape().elements();
        int first = x.shape().rank();
        for (long rest = elements; rest > 1 || first == x.shape().rank(); ) {
            first--;
            rest /= x.shape().axis(first);
        }
        int axis = weight.or(() -> bias)
                .map(value -> x.shape().rank() - value.shape().rank())
                .orElse(first);
        List<Integer> sizes = x.shape()
                .dimensions()
                .subList(axis - x.shape().firstAxis(), x.shape().dimensions().size());
        String scale = weight.map(nodes::of).orElseGet(() -> nodes.filled(1, sizes));
        OnnxNode node = bias.isPresent()
                ? OnnxNode.of("LayerNormalization", nodes.of(x), scale, nodes.of(bias))
                : OnnxNode.of("LayerNormalization", nodes.of(x), scale);
        nodes.is(y, nodes.add(node.with("axis", axis - x.shape().rank()).with("epsilon", eps)));
    }

    @Override
    public List<String> violations() {
        return parts(x, mean, inverseStd, affine)
                .then(check -> check.sameShape(x, y)
                        .equal(weight, shape(x, mean, affine, weight))
                        .equal(bias, shape(x, mean, affine, bias)))
                .violations();
    }

    // As batch normalization, each part of a sample by itself.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        Optional<Value> dWeight = tape.parameterGradient(weight);
        Optional<Value> dBias = tape.parameterGradient(bias);
        tape.write(x, dX -> new Backward(origin, x, weight, mean, inverseStd, dY, dX, dWeight, dBias, affine));
    }

    @Override
    public boolean isScaleInvariant() {
        return true;
    }

    @Override
    public boolean cancelsChannelShifts() {
        // Each mean is over elements of one channel.
        return mean.shape().axis(1) % x.shape().axis(1) == 0;
    }

    /** With x̂ = (x − μ)·s: dγ = Σ dY x̂, dβ = Σ dY, and with d = γ dY, dX = s (d − mean(d) − x̂ mean(d x̂)). */
    public record Backward(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Value dY,
            Value dX,
            Optional<Value> dWeight,
            Optional<Value> dBias,
            GroupNorm.Affine affine)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(affine.text() + "_backward")
                    .with(x)
                    .with(weight)
                    .with(mean, inverseStd)
                    .from(dY)
                    .to(dX)
                    .to(dWeight)
                    .to(dBias)
                    .build();
        }

        @Override
        public KernelCall call() {
            return Statistics.backwardCall(signature(), x, weight, mean, inverseStd, dWeight, dBias);
        }

        @Override
        public List<String> violations() {
            return GroupNorm.parts(x, mean, inverseStd, affine)
                    .then(check -> check.sameShape(x, dY, dX)
                            .equal(weight, GroupNorm.shape(x, mean, affine, weight))
                            .equal(dWeight, GroupNorm.shape(x, mean, affine, dWeight))
                            .equal(dBias, GroupNorm.shape(x, mean, affine, dBias)))
                    .violations();
        }
    }

    /** {@code GroupNorm}: weight starts as 1, bias as 0; there are no running statistics. */
    record Rule(
            int groups,
            int channels,
            double eps,
            boolean affine,
            boolean shifted,
            Optional<Penalty> weightPenalty,
            Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static Rule of(Arguments arguments) {
            int groups = arguments.integer("num_groups", 1);
            int channels = arguments.integer("num_channels", 1);
            if (channels % groups != 0) {
                arguments.outOfRange("num_groups", "a divisor of num_channels, which is " + channels);
            }
            boolean affine = arguments.bool("affine");
            boolean shifted = affine && arguments.bool("bias");
            return new Rule(
                    groups,
                    channels,
                    arguments.real("eps", eps -> eps > 0, "above 0"),
                    affine,
                    shifted,
                    Biases.penalty(arguments, "weight_regularizer", "weight", affine),
                    Biases.penalty(arguments, shifted));
        }

        @Override
        public String kind() {
            return "groupnorm";
        }

        @Override
        public boolean isNormalization() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            if (x.rank() < 2 || x.axis(1) != channels) {
                return Fit.mismatch("GroupNorm", "[batch, " + channels + ", …]", x);
            }
            if (x.elements() > groups) {
                return new Fit.Fitting(x);
            }
            return Fit.oneElement("GroupNorm", x)
                    .withHelp(
                            channels == 1
                                    ? "leave it out there"
                                    : "each of the " + groups
                                            + " groups is one channel of one element: use fewer groups, as "
                                            + "in GroupNorm(1, " + channels + "), or leave it out there");
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new GroupNorm(
                    wiring.origin(),
                    x,
                    wiring.normWeight(affine, channels),
                    wiring.normBias(shifted, channels),
                    wiring.saved("mean", Shape.batch(groups)),
                    wiring.saved("inverse_std", Shape.batch(groups)),
                    y,
                    eps,
                    GroupNorm.Affine.CHANNELS));
        }
    }
}
