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
import org.espalier.generator.ir.op.Epilogues;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Biases;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * As batch normalisation, but with the mean and variance of each sample and channel over space, in training and
 * afterwards. {@code mean} and {@code inverseStd} are [batch, channels].
 */
public record InstanceNorm(
        Origin origin,
        Value x,
        Optional<Value> weight,
        Optional<Value> bias,
        Value mean,
        Value inverseStd,
        Value y,
        double eps)
        implements ForwardOp {
    public static final LayerDefinition OF_SEQUENCES = Rule.layer(1)
            .example("InstanceNorm1d(3)", "[batch, 3, 7]", "[batch, 3, 7]", 0)
            .example("InstanceNorm1d(3, affine=true)", "[batch, 3, 7]", "[batch, 3, 7]", 6);

    public static final LayerDefinition OF_IMAGES = Rule.layer(2)
            .example("InstanceNorm2d(3)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 0)
            .example("InstanceNorm2d(3, affine=true, bias=false)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 3)
            .example("InstanceNorm2d(3, affine=true)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 6)
            .example("InstanceNorm2d(3, track_running_stats=true)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 0)
            .example(
                    "InstanceNorm2d(3, affine=true, track_running_stats=true, bias=false)",
                    "[batch, 3, 4, 5]",
                    "[batch, 3, 4, 5]",
                    3)
            .example(
                    "InstanceNorm2d(3, 1e-3, 0.2, affine=true, track_running_stats=true)",
                    "[batch, 3, 4, 5]",
                    "[batch, 3, 4, 5]",
                    6);

    public static final LayerDefinition OF_VOLUMES =
            Rule.layer(3).example("InstanceNorm3d(3, affine=true)", "[batch, 3, 2, 3, 4]", "[batch, 3, 2, 3, 4]", 6);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "instance_norm2d",
                    p -> new InstanceNorm(
                            p.origin(),
                            p.operand(),
                            p.optionalOperand(Role.NORM_WEIGHT),
                            p.optionalOperand(Role.NORM_BIAS),
                            p.saved(),
                            p.saved(),
                            p.result(),
                            p.real("eps")),
            "instance_norm2d_backward",
                    p -> new Backward(
                            p.origin(),
                            p.operand(),
                            p.optionalOperand(Role.NORM_WEIGHT),
                            p.operand(),
                            p.operand(),
                            p.operand(),
                            p.result(),
                            p.optionalResult(Role.NORM_WEIGHT),
                            p.optionalResult(Role.NORM_BIAS)));

    @Override
    public OpSignature signature() {
        return OpSignature.of("instance_norm2d")
                .from(x)
                .with(weight)
                .with(bias)
                .to(y)
                .saving(mean, inverseStd)
                .attribute("eps", eps)
                .build();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
    }

    @Override
    public List<String> violations() {
        return Statistics.check(x, new Shape(true, x.shape().channels().dimensions()), mean, inverseStd, weight, bias)
                .that(x.shape().rank() > 2, () -> x + " has no axes behind its channels")
                .sameShape(x, y)
                .violations();
    }

    // As batch normalisation, each sample by itself.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        Optional<Value> dWeight = tape.parameterGradient(weight);
        Optional<Value> dBias = tape.parameterGradient(bias);
        tape.write(x, dX -> new Backward(origin, x, weight, mean, inverseStd, dY, dX, dWeight, dBias));
    }

    @Override
    public Epilogues epilogues() {
        return Epilogues.AFTER;
    }

    @Override
    public boolean isScaleInvariant() {
        return true;
    }

    @Override
    public boolean cancelsChannelShifts() {
        return true;
    }

    /** As {@link BatchNormalization.Backward} while training, over each sample's own statistics. */
    public record Backward(
            Origin origin,
            Value x,
            Optional<Value> weight,
            Value mean,
            Value inverseStd,
            Value dY,
            Value dX,
            Optional<Value> dWeight,
            Optional<Value> dBias)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("instance_norm2d_backward")
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
        public List<String> violations() {
            return Statistics.check(
                            x,
                            new Shape(true, x.shape().channels().dimensions()),
                            mean,
                            inverseStd,
                            weight,
                            dWeight,
                            dBias)
                    .that(x.shape().rank() > 2, () -> x + " has no axes behind its channels")
                    .sameShape(x, dY, dX)
                    .violations();
        }

        @Override
        public Epilogues epilogues() {
            return Epilogues.AROUND;
        }
    }

    /**
     * {@code InstanceNorm2d} and its like: without parameters unless {@code affine}, and without running statistics
     * unless {@code tracked}.
     */
    record Rule(
            int axes,
            int channels,
            double eps,
            double momentum,
            boolean affine,
            boolean tracked,
            boolean shifted,
            Optional<Penalty> weightPenalty,
            Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static LayerDefinition layer(int axes) {
            return LayerDefinition.norm(
                    Signature.of("InstanceNorm" + axes + "d")
                            .required("num_features", Type.INT)
                            .with("eps", 1e-5)
                            .with("momentum", 0.1)
                            .with("affine", false)
                            .with("track_running_stats", false)
                            .byName("bias", Type.BOOL, new Datum.Bool(true))
                            .regularizers()
                            .build(),
                    arguments -> of(axes, arguments));
        }

        private static Rule of(int axes, Arguments arguments) {
            boolean affine = arguments.bool("affine");
            boolean shifted = affine && arguments.bool("bias");
            return new Rule(
                    axes,
                    arguments.integer("num_features", 1),
                    arguments.real("eps", eps -> eps > 0, "above 0"),
                    arguments.real("momentum", momentum -> momentum >= 0 && momentum <= 1, "between 0 and 1"),
                    affine,
                    arguments.bool("track_running_stats"),
                    shifted,
                    Biases.penalty(arguments, "weight_regularizer", "weight", affine),
                    Biases.penalty(arguments, shifted));
        }

        private String layer() {
            return "InstanceNorm" + axes + "d";
        }

        @Override
        public String kind() {
            return "instancenorm";
        }

        @Override
        public boolean isNormalisation() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            return Extents.misfit(layer(), x, axes, channels, "num_features")
                    .orElseGet(() -> x.elements() == channels
                            ? Fit.oneElement(layer(), x)
                                    .withHelp(
                                            channels == 1
                                                    ? "leave it out there"
                                                    : "leave it out there, or write GroupNorm(1, " + channels
                                                            + "), which normalises over the channels too")
                            : new Fit.Fitting(x));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            Optional<Value> weight = wiring.normWeight(affine, channels);
            Optional<Value> bias = wiring.normBias(shifted, channels);
            Value mean = wiring.saved("mean", Shape.batch(channels));
            Value inverseStd = wiring.saved("inverse_std", Shape.batch(channels));
            if (!tracked) {
                wiring.add(new InstanceNorm(wiring.origin(), x, weight, bias, mean, inverseStd, y, eps));
                return;
            }
            wiring.add(new TrackedInstanceNorm(
                    wiring.origin(),
                    x,
                    weight,
                    bias,
                    wiring.statistic("running_mean", 0, channels),
                    wiring.statistic("running_var", 1, channels),
                    mean,
                    inverseStd,
                    y,
                    eps,
                    momentum));
        }
    }
}
