package org.espalier.generator.autodiff;

import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/**
 * The chain rule of each operation: given the gradient by its result, the gradients by what it read. Writes the
 * parameters' first and the input's last, which is where the next layer goes on.
 */
final class GradientRules implements Op.Visitor<Void> {
    private final Tape tape;

    GradientRules(Tape tape) {
        this.tape = tape;
    }

    private void contribute(Op op, Value value, Function<Value, Op> rule) {
        tape.contribute(op.origin(), value, rule);
    }

    private void contribute(Op op, Optional<Value> value, Function<Value, Op> rule) {
        value.ifPresent(present -> contribute(op, present, rule));
    }

    // y = x ⋆ W + b: dW = x ⋆ dY, db = Σ dY, dX = dY convolved with W.
    @Override
    public Void conv2d(Op.Conv2d op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.weight(), dW -> new Op.Conv2dBackwardWeight(op.origin(), op.x(), dY, dW, op.window()));
        contribute(op, op.bias(), db -> new Op.ChannelBiasBackward(op.origin(), dY, db));
        contribute(op, op.x(), dX -> new Op.Conv2dBackwardInput(op.origin(), dY, op.weight(), dX, op.window()));
        return null;
    }

    // y = x convolved with W, + b: dW = dY ⋆ x, db = Σ dY, dX = dY ⋆ W.
    @Override
    public Void convTranspose2d(Op.ConvTranspose2d op) {
        Value dY = tape.gradient(op.y());
        contribute(
                op, op.weight(), dW -> new Op.ConvTranspose2dBackwardWeight(op.origin(), op.x(), dY, dW, op.window()));
        contribute(op, op.bias(), db -> new Op.ChannelBiasBackward(op.origin(), dY, db));
        contribute(
                op, op.x(), dX -> new Op.ConvTranspose2dBackwardInput(op.origin(), dY, op.weight(), dX, op.window()));
        return null;
    }

    // y = x Wᵀ + b: dW = dYᵀ x, db = Σ dY, dX = dY W.
    @Override
    public Void linear(Op.Linear op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.weight(), dW -> new Op.LinearBackwardWeight(op.origin(), op.x(), dY, dW));
        contribute(op, op.bias(), db -> new Op.LinearBackwardBias(op.origin(), dY, db));
        contribute(op, op.x(), dX -> new Op.LinearBackwardInput(op.origin(), dY, op.weight(), dX));
        return null;
    }

    // y = x̂ γ + β, x̂ = (x − μ) s: dγ = Σ dY x̂, dβ = Σ dY, dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)).
    @Override
    public Void batchNorm(Op.BatchNorm op) {
        Value dY = tape.gradient(op.y());
        normalization(
                op,
                op.x(),
                op.weight(),
                op.bias(),
                (dX, dWeight, dBias) -> new Op.BatchNormBackward(
                        op.origin(), op.x(), op.weight(), op.mean(), op.inverseStd(), dY, dX, dWeight, dBias));
        return null;
    }

    // As batch normalisation, each sample by itself.
    @Override
    public Void instanceNorm2d(Op.InstanceNorm2d op) {
        Value dY = tape.gradient(op.y());
        normalization(
                op,
                op.x(),
                op.weight(),
                op.bias(),
                (dX, dWeight, dBias) -> new Op.InstanceNorm2dBackward(
                        op.origin(), op.x(), op.weight(), op.mean(), op.inverseStd(), dY, dX, dWeight, dBias));
        return null;
    }

    // As batch normalisation, each part of a sample by itself.
    @Override
    public Void groupNorm(Op.GroupNorm op) {
        Value dY = tape.gradient(op.y());
        normalization(
                op,
                op.x(),
                op.weight(),
                op.bias(),
                (dX, dWeight, dBias) -> new Op.GroupNormBackward(
                        op.origin(),
                        op.x(),
                        op.weight(),
                        op.mean(),
                        op.inverseStd(),
                        dY,
                        dX,
                        dWeight,
                        dBias,
                        op.affine()));
        return null;
    }

    private interface NormalizationBackward {
        Op of(Value dX, Optional<Value> dWeight, Optional<Value> dBias);
    }

    /** One operation writes all three gradients, so that dY is read once. */
    private void normalization(
            Op op, Value x, Optional<Value> weight, Optional<Value> bias, NormalizationBackward backward) {
        Optional<Value> dWeight = weight.filter(tape::needs).map(Value::gradient);
        Optional<Value> dBias = bias.filter(tape::needs).map(Value::gradient);
        if (tape.needs(x)) {
            contribute(op, x, dX -> backward.of(dX, dWeight, dBias));
        } else {
            tape.operations().add(backward.of(tape.unread(op.origin(), x), dWeight, dBias));
        }
    }

    // y = max of a window of x: dX = dY where x was the first to reach it, else 0.
    @Override
    public Void maxPool2d(Op.MaxPool2d op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.x(), dX -> new Op.MaxPool2dBackward(op.origin(), op.x(), dY, dX, op.window()));
        return null;
    }

    // y = mean of a window of x: dX = the sum of dY/size over the windows that x is in.
    @Override
    public Void avgPool2d(Op.AvgPool2d op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.x(), dX -> new Op.AvgPool2dBackward(op.origin(), dY, dX, op.window(), op.countsPadding()));
        return null;
    }

    // y = x here and there: dX = the sum of dY over where x went.
    @Override
    public Void spread2d(Op.Spread2d op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.x(), dX -> new Op.Spread2dBackward(op.origin(), dY, dX, op.spread()));
        return null;
    }

    // y = x: dX = dY.
    @Override
    public Void flatten(Op.Flatten op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.x(), dX -> new Op.FlattenBackward(op.origin(), dY, dX));
        return null;
    }

    // y = x m: dX = dY m.
    @Override
    public Void dropout(Op.Dropout op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.x(), dX -> new Op.DropoutBackward(op.origin(), op.mask(), dY, dX));
        return null;
    }

    // y = f(x): dX = dY f′(x), with f′(x) from x or from y. The formulas stand with each function.
    @Override
    public Void activation(Op.Activation op) {
        Value dY = tape.gradient(op.y());
        Value known = op.function().isDerivedFromResult() ? op.y() : op.x();
        contribute(op, op.x(), dX -> new Op.ActivationBackward(op.origin(), known, dY, dX, op.function()));
        return null;
    }

    // y = exp(x)/Σ exp(x): dX = y (dY − Σ dY y); y = log of that: dX = dY − exp(y) Σ dY.
    @Override
    public Void softmax(Op.Softmax op) {
        Value dY = tape.gradient(op.y());
        contribute(op, op.x(), dX -> new Op.SoftmaxBackward(op.origin(), op.y(), dY, dX, op.log()));
        return null;
    }

    // y = [part, part, …] along the channels: dPart = the channels of dY where it stands.
    @Override
    public Void concat(Op.Concat op) {
        Value dY = tape.gradient(op.y());
        int from = 0;
        for (Value part : op.parts()) {
            int start = from;
            contribute(op, part, dPart -> new Op.ConcatBackward(op.origin(), dY, dPart, start));
            from += part.shape().axis(1);
        }
        return null;
    }

    // y = a + b: da = db = dY.
    @Override
    public Void add(Op.Add op) {
        Value dSum = tape.gradient(op.sum());
        contribute(op, op.a(), dA -> new Op.AddBackward(op.origin(), dSum, dA));
        contribute(op, op.b(), dB -> new Op.AddBackward(op.origin(), dSum, dB));
        return null;
    }

    // Operations that only backward passes contain. A graph has none of them, so there are no second derivatives.

    private static Void notInAGraph(Op op) {
        throw new IllegalArgumentException(
                op.getClass().getSimpleName() + " of " + op.origin().layer() + " belongs to a backward pass");
    }

    @Override
    public Void conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return notInAGraph(op);
    }

    @Override
    public Void conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return notInAGraph(op);
    }

    @Override
    public Void convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return notInAGraph(op);
    }

    @Override
    public Void convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return notInAGraph(op);
    }

    @Override
    public Void channelBiasBackward(Op.ChannelBiasBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void linearBackwardInput(Op.LinearBackwardInput op) {
        return notInAGraph(op);
    }

    @Override
    public Void linearBackwardWeight(Op.LinearBackwardWeight op) {
        return notInAGraph(op);
    }

    @Override
    public Void linearBackwardBias(Op.LinearBackwardBias op) {
        return notInAGraph(op);
    }

    @Override
    public Void batchNormBackward(Op.BatchNormBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void groupNormBackward(Op.GroupNormBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void maxPool2dBackward(Op.MaxPool2dBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void avgPool2dBackward(Op.AvgPool2dBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void spread2dBackward(Op.Spread2dBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void flattenBackward(Op.FlattenBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void dropoutBackward(Op.DropoutBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void activationBackward(Op.ActivationBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void softmaxBackward(Op.SoftmaxBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void concatBackward(Op.ConcatBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void addBackward(Op.AddBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void lossGradient(Op.LossGradient op) {
        return notInAGraph(op);
    }

    @Override
    public Void activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        return notInAGraph(op);
    }

    @Override
    public Void fused(Op.Fused op) {
        return notInAGraph(op);
    }
}
