package org.espalier.generator.layer.normalization;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
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
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Epilogues;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
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
 * y = (x − μ)/√(σ² + ε) · γ + β per channel; μ and σ² over batch and space while training (biased variance), the
 * running statistics otherwise, if there are any: these move by {@code momentum}, or are the average of all batches
 * where {@code batches} counts them. {@code mean} and {@code inverseStd} ([channels]) are kept for backward.
 */
public record BatchNormalization(
        Origin origin,
        Value x,
        Optional<Value> weight,
        Optional<Value> bias,
        Optional<Value> runningMean,
        Optional<Value> runningVar,
        Optional<Value> batches,
        Value mean,
        Value inverseStd,
        Value y,
        double eps,
        double momentum)
        implements ForwardOp {
    private static final String MOMENTUM = "momentum";
    private static final String OF_BATCH = "of_batch";

    public static final LayerDefinition OF_IMAGES =
            Rule.layer("BatchNorm2d", 2).example("BatchNorm2d(3)", "[batch, 3, 4, 5]", "[batch, 3, 4, 5]", 6);

    public static final LayerDefinition OF_VOLUMES =
            Rule.layer("BatchNorm3d", 3).example("BatchNorm3d(3)", "[batch, 3, 2, 3, 4]", "[batch, 3, 2, 3, 4]", 6);

    public static final LayerDefinition OF_FEATURES = Rule.layer("BatchNorm1d", 1)
            .example("BatchNorm1d(6)", "[batch, 6]", "[batch, 6]", 12)
            .example("BatchNorm1d(6)", "[batch, 6, 7]", "[batch, 6, 7]", 12)
            .example("BatchNorm1d(6, 1e-3, 0.2, affine=false)", "[batch, 6]", "[batch, 6]", 0)
            .example("BatchNorm1d(6, momentum=none)", "[batch, 6, 7]", "[batch, 6, 7]", 12)
            .example("BatchNorm1d(6, momentum=none, affine=false)", "[batch, 6]", "[batch, 6]", 0)
            .example("BatchNorm1d(6, momentum=none, bias=false)", "[batch, 6]", "[batch, 6]", 6)
            .example("BatchNorm1d(6, bias=false)", "[batch, 6]", "[batch, 6]", 6)
            .example("BatchNorm1d(6, track_running_stats=false, bias=false)", "[batch, 6]", "[batch, 6]", 6)
            .example("BatchNorm1d(6, track_running_stats=false)", "[batch, 6, 7]", "[batch, 6, 7]", 12)
            .example("BatchNorm1d(6, affine=false, track_running_stats=false)", "[batch, 6]", "[batch, 6]", 0);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "batch_norm",
                    p -> new BatchNormalization(
                            p.origin(),
                            p.operand(),
                            p.optionalOperand(Role.NORM_WEIGHT),
                            p.optionalOperand(Role.NORM_BIAS),
                            p.optionalOperand(),
                            p.optionalOperand(),
                            p.optionalOperand(),
                            p.saved(),
                            p.saved(),
                            p.result(),
                            p.real("eps"),
                            p.has(MOMENTUM) ? p.real(MOMENTUM) : 0),
            "batch_norm_backward",
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
                            !p.has(OF_BATCH)));

    @Override
    public List<ForwardOp> evaluated() {
        return runningMean.isPresent() && runningVar.isPresent()
                ? Statistics.evaluated(origin, x, weight, bias, runningMean.get(), runningVar.get(), y, eps)
                : List.of(this);
    }

    @Override
    public OpSignature signature() {
        OpSignature.Builder signature = OpSignature.of("batch_norm")
                .from(x)
                .with(weight)
                .with(bias)
                .with(runningMean)
                .with(runningVar)
                .with(batches)
                .to(y)
                .saving(mean, inverseStd)
                .attribute("eps", eps);
        if (runningMean.isEmpty()) {
            return signature.build();
        }
        return (batches.isPresent() ? signature : signature.attribute(MOMENTUM, momentum))
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
    public void onnx(OnnxNodes nodes) {
        List<Integer> others = IntStream.range(0, x.shape().rank())
                .filter(axis -> axis != 1)
                .boxed()
                .toList();
        String centred = nodes.add("Sub", nodes.of(x), nodes.add("ReduceMean", nodes.of(x), nodes.wholes(others)));
        String variance = nodes.add("ReduceMean", nodes.add("Mul", centred, centred), nodes.wholes(others));
        String deviation = nodes.add("Sqrt", nodes.add("Add", variance, nodes.number(eps)));
        nodes.is(y, Statistics.affine(nodes, nodes.add("Div", centred, deviation), x, weight, bias));
    }

    @Override
    public List<String> violations() {
        return Statistics.check(x, x.shape().channels(), mean, inverseStd, weight, bias)
                .sameShape(x, y)
                .equal(runningMean, mean.shape())
                .equal(runningVar, mean.shape())
                .equal(batches, Shape.of(1))
                .violations();
    }

    // y = x̂ γ + β, x̂ = (x − μ) s: dγ = Σ dY x̂, dβ = Σ dY, dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)).
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

    /**
     * With x̂ = (x − μ)·s: dγ = Σ dY x̂, dβ = Σ dY, and while training dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)), with
     * fixed statistics dX = γ s dY (Ioffe and Szegedy, arXiv:1502.03167).
     *
     * @param tracked whether there are running statistics, which are fixed while not training
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
            OpSignature.Builder signature = OpSignature.of("batch_norm_backward")
                    .with(x)
                    .with(weight)
                    .with(mean, inverseStd)
                    .from(dY)
                    .to(dX)
                    .to(dWeight)
                    .to(dBias);
            return tracked
                    ? signature.using(Argument.State.TRAINING).build()
                    : signature.attribute(OF_BATCH, true).build();
        }

        @Override
        public KernelCall call() {
            Argument training = tracked ? Argument.State.TRAINING : new Argument.Flag(true);
            return Statistics.backwardCall(signature(), x, weight, mean, inverseStd, dWeight, dBias, training);
        }

        @Override
        public List<String> violations() {
            return Statistics.check(x, x.shape().channels(), mean, inverseStd, weight, dWeight, dBias)
                    .sameShape(x, dY, dX)
                    .violations();
        }

        @Override
        public Epilogues epilogues() {
            return Epilogues.AROUND;
        }
    }

    /**
     * {@code BatchNorm2d}, for images, {@code BatchNorm3d}, for volumes, and {@code BatchNorm1d}, for [batch, features]
     * and [batch, features, length]: weight starts as 1, bias as 0, the running mean as 0 and the running variance as
     * 1.
     */
    record Rule(
            String layer,
            int axes,
            int channels,
            double eps,
            OptionalDouble momentum,
            boolean affine,
            boolean tracked,
            boolean shifted,
            Optional<Penalty> weightPenalty,
            Optional<Penalty> biasPenalty)
            implements UnaryRule {

        private static LayerDefinition layer(String name, int axes) {
            return LayerDefinition.norm(
                    Signature.of(name)
                            .required("num_features", Type.INT)
                            .with("eps", 1e-5)
                            .withOptional("momentum", 0.1)
                            .with("affine", true)
                            .with("track_running_stats", true)
                            .byName("bias", Type.BOOL, new Datum.Bool(true))
                            .regularizers()
                            .build(),
                    arguments -> of(name, axes, arguments));
        }

        private static Rule of(String layer, int axes, Arguments arguments) {
            boolean affine = arguments.bool("affine");
            boolean shifted = affine && arguments.bool("bias");
            return new Rule(
                    layer,
                    axes,
                    arguments.integer("num_features", 1),
                    arguments.real("eps", eps -> eps > 0, "above 0"),
                    arguments.isNone(MOMENTUM)
                            ? OptionalDouble.empty()
                            : OptionalDouble.of(
                                    arguments.real(MOMENTUM, value -> value >= 0 && value <= 1, "between 0 and 1")),
                    affine,
                    arguments.bool("track_running_stats"),
                    shifted,
                    Biases.penalty(arguments, "weight_regularizer", "weight", affine),
                    Biases.penalty(arguments, shifted));
        }

        @Override
        public String kind() {
            return "batchnorm";
        }

        @Override
        public boolean isNormalization() {
            return true;
        }

        @Override
        public Fit fit(Shape x) {
            Fit fits = new Fit.Fitting(x);
            if (axes > 1) {
                return Extents.misfit(layer, x, axes, channels, "num_features").orElse(fits);
            }
            if ((x.rank() == 2 || x.rank() == 3) && x.axis(1) == channels) {
                return fits;
            }
            return Fit.mismatch(layer, "[batch, " + channels + (x.rank() == 3 ? ", length]" : "]"), x);
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new BatchNormalization(
                    wiring.origin(),
                    x,
                    wiring.normWeight(affine, channels),
                    wiring.normBias(shifted, channels),
                    tracked ? Optional.of(wiring.statistic("running_mean", 0, channels)) : Optional.empty(),
                    tracked ? Optional.of(wiring.statistic("running_var", 1, channels)) : Optional.empty(),
                    tracked && momentum.isEmpty()
                            ? Optional.of(wiring.statistic("num_batches_tracked", 0, 1))
                            : Optional.empty(),
                    wiring.saved("mean", Shape.of(channels)),
                    wiring.saved("inverse_std", Shape.of(channels)),
                    y,
                    eps,
                    tracked ? momentum.orElse(0) : 0));
        }
    }
}
