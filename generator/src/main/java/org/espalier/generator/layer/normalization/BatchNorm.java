package org.espalier.generator.layer.normalization;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.Parameter.Role;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Epilogues;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * y = (x − μ)/√(σ² + ε) · γ + β per channel; μ and σ² over batch and space while training (biased variance), the
 * running statistics otherwise. {@code mean} and {@code inverseStd} ([channels]) are kept for backward.
 */
public record BatchNorm(
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
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "batch_norm",
                    p -> new BatchNorm(
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
                            p.optionalResult(Role.NORM_BIAS)));

    @Override
    public String word() {
        return x.shape().rank() == 4 ? "BatchNorm2d" : "BatchNorm1d";
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("batch_norm")
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
        return Statistics.check(x, x.shape().channels(), mean, inverseStd, weight, bias)
                .sameShape(x, y)
                .sameShape(mean, runningMean, runningVar)
                .violations();
    }

    // y = x̂ γ + β, x̂ = (x − μ) s: dγ = Σ dY x̂, dβ = Σ dY, dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)).
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

    /**
     * With x̂ = (x − μ)·s: dγ = Σ dY x̂, dβ = Σ dY, and while training dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)), with
     * fixed statistics dX = γ s dY (Ioffe and Szegedy, arXiv:1502.03167).
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
            Optional<Value> dBias)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("batch_norm_backward")
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
            return Statistics.check(x, x.shape().channels(), mean, inverseStd, weight, dWeight, dBias)
                    .sameShape(x, dY, dX)
                    .violations();
        }

        @Override
        public Epilogues epilogues() {
            return Epilogues.AROUND;
        }
    }
}
