package org.espalier.generator.layer.normalization;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.ParameterDecl.Role;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * Instance normalisation that is one only while training: running statistics move towards the means over the batch of
 * each sample's, and normalise afterwards. {@code mean} and {@code inverseStd}, [batch, channels], are kept for
 * backward.
 */
public record TrackedInstanceNorm(
        Origin origin,
        Value x,
        Optional<Value> weight,
        Optional<Value> bias,
        Value runningMean,
        Value runningVar,
        Value mean,
        Value inverseStd,
        Value y,
        double eps,
        double momentum)
        implements ForwardOp {
    /** Readers of printed ones, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "tracked_instance_norm",
                    p -> new TrackedInstanceNorm(
                            p.origin(),
                            p.operand(),
                            p.optionalOperand(Role.NORM_WEIGHT),
                            p.optionalOperand(Role.NORM_BIAS),
                            p.operand(),
                            p.operand(),
                            p.saved(),
                            p.saved(),
                            p.result(),
                            p.real("eps"),
                            p.real("momentum")),
            "tracked_instance_norm_backward",
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
        return OpSignature.of("tracked_instance_norm")
                .from(x)
                .with(weight)
                .with(bias)
                .with(runningMean, runningVar)
                .to(y)
                .saving(mean, inverseStd)
                .attribute("eps", eps)
                .attribute("momentum", momentum)
                .using(Argument.State.TRAINING)
                .build();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(Range.ALL);
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

    // As batch normalisation, each sample by itself.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        Optional<Value> dWeight = tape.parameterGradient(weight);
        Optional<Value> dBias = tape.parameterGradient(bias);
        tape.write(x, dX -> new Backward(origin, x, weight, mean, inverseStd, dY, dX, dWeight, dBias));
    }

    @Override
    public boolean isScaleInvariant() {
        return true;
    }

    @Override
    public boolean cancelsChannelShifts() {
        return true;
    }

    /** As {@link BatchNormalization.Backward}, over each sample's own statistics while training. */
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
            return OpSignature.of("tracked_instance_norm_backward")
                    .with(x)
                    .with(weight)
                    .with(mean, inverseStd)
                    .from(dY)
                    .to(dX)
                    .to(dWeight)
                    .to(dBias)
                    .using(Argument.State.TRAINING)
                    .build();
        }

        @Override
        public List<String> violations() {
            return check(x, mean, inverseStd, weight, dWeight, dBias)
                    .sameShape(x, dY, dX)
                    .violations();
        }
    }
}
