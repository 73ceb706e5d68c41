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
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Epilogues;
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
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * As batch normalization, but with the mean and variance of each sample and channel over space, in training and, unless
 * there are running statistics, afterwards. These move towards the means over the batch of each sample's. {@code mean}
 * and {@code inverseStd}, [batch, channels], are kept for backward.
 */
public record InstanceNorm(
        Origin origin,
        Value x,
        Optional<Value> weight,
        Optional<Value> bias,
        Optional<Value> runningMean,
        Optional<Value> runningVar,
        Value mean,
        Value inverseStd,
        Value y,
        double eps,
        double momentum)
        implements ForwardOp {
    private static final String MOMENTUM = "momentum";
    private static final String TRACKED = "tracked";

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
            "instance_norm",
                    p -> new InstanceNorm(
                            p.origin(),
                            p.operand(),
                            p.optionalOperand(Role.NORM_WEIGHT),
                            p.optionalOperand(Role.NORM_BIAS),
                            p.optionalOperand(),
                            p.optionalOperand(),
                            p.saved(),
                            p.saved(),
                            p.result(),
                            p.real("eps"),
                            p.has(MOMENTUM) ? p.real(MOMENTUM) : 0),
            "instance_norm_backward",
                    p -> new Backward(
                            p.origin(),
                            p.operand(),
                            p.optionalOperand(Role.NORM_WEIGHT),
                            p.operand(),
                            p.operand(),
                            p.operand(),
                            p.result(),
                            p.optionalResult(Role.NORM_WEIGHT),
                            p.optionalResult(Role.NORM_BIAS),
                            p.has(TRACKED)));

    @Override
    public List<ForwardOp> evaluated() {
        return runningMean.isPresent() && runningVar.isPresent()
                ? Statistics.evaluated(origin, x, weight, bias, runningMean.get(), runningVar.get(), y, eps)
                : List.of(this);
    }

    @Override
    public OpSignature signature() {
        OpSignature.Builder signature = OpSignature.of("instance_norm")
                .from(x)
                .with(weight)
                .with(bias)
                .with(runningMean)
                .with(runningVar)
                .to(y)
                .saving(mean, inverseStd)
                .attribute("eps", eps);
        return runningMean.isEmpty()
                ? signature.build()
                : signature
                        .attribute(MOMENTUM, momentum)
                        .using(Argument.State.TRAINING)
                        .build();
    }

    @Override
    public KernelCall call() {
        return Statistics.call(signature(), x, weight, bias);
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
    }

    @Override
    public List<AxisLink> links() {
        return AxisLink.ofChannels(signature());
    }

    /** One number at all places is its own mean: the bias is left, as it is of a weight of 0. */
    @Override
    public double constant(List<Double> operands) {
        double scale = weight.isPresent() ? operands.get(1) : 1;
        double shift = bias.isPresent() ? operands.get(weight.isPresent() ? 2 : 1) : 0;
        return scale == 0 || !Double.isNaN(operands.get(0)) ? shift : Double.NaN;
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        List<Integer> channels = x.shape().channels().dimensions();
        String scale = weight.map(nodes::of).orElseGet(() -> nodes.filled(1, channels));
        String shift = bias.map(nodes::of).orElseGet(() -> nodes.filled(0, channels));
        nodes.is(
                y,
                nodes.add(OnnxNode.of("InstanceNormalization", nodes.of(x), scale, shift)
                        .with("epsilon", eps)));
    }

    @Override
    public List<String> violations() {
        return check(x, mean, inverseStd, weight, bias)
                .sameShape(x, y)
                .equal(runningMean, x.shape().channels())
                .equal(runningVar, x.shape().channels())
                .violations();
    }

    @SafeVarargs
    private static ShapeCheck check(Value x, Value mean, Value inverseStd, Optional<Value>... parameters) {
        Shape statistics = new Shape(true, x.shape().channels().dimensions());
        return Statistics.check(x, statistics, mean, inverseStd, parameters)
                .that(x.shape().rank() > 2, () -> x + " has no axes behind its channels");
    }

    // As batch normalization, each sample by itself.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        Optional<Value> dWeight = tape.parameterGradient(weight);
        Optional<Value> dBias = tape.parameterGradient(bias);
        boolean tracked = runningMean.isPresent();
        tape.write(x, dX -> new Backward(origin, x, weight, mean, inverseStd, dY, dX, dWeight, dBias, tracked));
    }

    @Override
    public Epilogues epilogues() {
        return runningMean.isPresent() ? Epilogues.NONE : Epilogues.AFTER;
    }

    @Override
    public boolean isScaleInvariant() {
        return true;
    }

    @Override
    public boolean cancelsChannelShifts() {
        return true;
    }

    /**
     * As {@link BatchNormalization.Backward}, over each sample's own statistics while training, or where these are not
     * tracked, always.
     */
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
            boolean tracked)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            OpSignature.Builder signature = OpSignature.of("instance_norm_backward")
                    .with(x)
                    .with(weight)
                    .with(mean, inverseStd)
                    .from(dY)
                    .to(dX)
                    .to(dWeight)
                    .to(dBias);
            return tracked
                    ? signature
                            .attribute(TRACKED, true)
                            .using(Argument.State.TRAINING)
                            .build()
                    : signature.build();
        }

        @Override
        public KernelCall call() {
            Argument training = tracked ? Argument.State.TRAINING : new Argument.Flag(true);
            return Statistics.backwardCall(signature(), x, weight, mean, inverseStd, dWeight, dBias, training);
        }

        @Override
        public List<String> violations() {
            return check(x, mean, inverseStd, weight, dWeight, dBias)
                    .sameShape(x, dY, dX)
                    .violations();
        }

        @Override
        public Epilogues epilogues() {
            return tracked ? Epilogues.NONE : Epilogues.AROUND;
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
        public boolean isNormalization() {
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
                                                            + "), which normalizes over the channels too")
                            : new Fit.Fitting(x));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            Optional<Value> weight = wiring.normWeight(affine, channels);
            Optional<Value> bias = wiring.normBias(shifted, channels);
            Value mean = wiring.saved("mean", Shape.batch(channels));
            Value inverseStd = wiring.saved("inverse_std", Shape.batch(channels));
            wiring.add(new InstanceNorm(
                    wiring.origin(),
                    x,
                    weight,
                    bias,
                    tracked ? Optional.of(wiring.statistic("running_mean", 0, channels)) : Optional.empty(),
                    tracked ? Optional.of(wiring.statistic("running_var", 1, channels)) : Optional.empty(),
                    mean,
                    inverseStd,
                    y,
                    eps,
                    tracked ? momentum : 0));
        }
    }
}
