package org.espalier.generator.ir;

import java.util.List;
import java.util.stream.Stream;

/** The table behind {@link Effect#of}. It follows what the runtime's kernels promise about shared memory. */
final class EffectOfOp implements Op.Visitor<Effect> {
    static final EffectOfOp INSTANCE = new EffectOfOp();

    private static final Effect COMPUTES = new Effect.Computes();

    private EffectOfOp() {}

    private static Effect mayOverwrite(Value in, Value out) {
        return new Effect.MayOverwrite(List.of(in), out);
    }

    @Override
    public Effect conv2d(Op.Conv2d op) {
        return COMPUTES;
    }

    @Override
    public Effect conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return COMPUTES;
    }

    @Override
    public Effect conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return COMPUTES;
    }

    @Override
    public Effect convTranspose2d(Op.ConvTranspose2d op) {
        return COMPUTES;
    }

    @Override
    public Effect convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return COMPUTES;
    }

    @Override
    public Effect convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return COMPUTES;
    }

    @Override
    public Effect channelBiasBackward(Op.ChannelBiasBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect linear(Op.Linear op) {
        return COMPUTES;
    }

    @Override
    public Effect linearBackwardInput(Op.LinearBackwardInput op) {
        return COMPUTES;
    }

    @Override
    public Effect linearBackwardWeight(Op.LinearBackwardWeight op) {
        return COMPUTES;
    }

    @Override
    public Effect linearBackwardBias(Op.LinearBackwardBias op) {
        return COMPUTES;
    }

    @Override
    public Effect batchNorm(Op.BatchNorm op) {
        return COMPUTES;
    }

    @Override
    public Effect batchNormBackward(Op.BatchNormBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect instanceNorm2d(Op.InstanceNorm2d op) {
        return COMPUTES;
    }

    @Override
    public Effect instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect groupNorm(Op.GroupNorm op) {
        return COMPUTES;
    }

    @Override
    public Effect groupNormBackward(Op.GroupNormBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect maxPool2d(Op.MaxPool2d op) {
        return COMPUTES;
    }

    @Override
    public Effect maxPool2dBackward(Op.MaxPool2dBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect avgPool2d(Op.AvgPool2d op) {
        return COMPUTES;
    }

    @Override
    public Effect avgPool2dBackward(Op.AvgPool2dBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect spread2d(Op.Spread2d op) {
        return COMPUTES;
    }

    @Override
    public Effect spread2dBackward(Op.Spread2dBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect flatten(Op.Flatten op) {
        return new Effect.Reshapes(op.x(), op.y());
    }

    @Override
    public Effect flattenBackward(Op.FlattenBackward op) {
        return new Effect.Reshapes(op.dY(), op.dX());
    }

    @Override
    public Effect dropout(Op.Dropout op) {
        return mayOverwrite(op.x(), op.y());
    }

    @Override
    public Effect dropoutBackward(Op.DropoutBackward op) {
        return mayOverwrite(op.dY(), op.dX());
    }

    @Override
    public Effect activation(Op.Activation op) {
        return mayOverwrite(op.x(), op.y());
    }

    @Override
    public Effect activationBackward(Op.ActivationBackward op) {
        return mayOverwrite(op.dY(), op.dX());
    }

    @Override
    public Effect softmax(Op.Softmax op) {
        return COMPUTES;
    }

    @Override
    public Effect softmaxBackward(Op.SoftmaxBackward op) {
        return COMPUTES;
    }

    @Override
    public Effect concat(Op.Concat op) {
        return new Effect.Gathers(op.parts(), op.y());
    }

    @Override
    public Effect concatBackward(Op.ConcatBackward op) {
        return new Effect.Slices(op.dY(), op.from(), op.dPart());
    }

    @Override
    public Effect add(Op.Add op) {
        return new Effect.MayOverwrite(List.of(op.a(), op.b()), op.sum());
    }

    @Override
    public Effect addBackward(Op.AddBackward op) {
        return new Effect.Reshapes(op.dSum(), op.dPart());
    }

    @Override
    public Effect lossGradient(Op.LossGradient op) {
        return COMPUTES;
    }

    @Override
    public Effect activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        return op.dY().map(dY -> mayOverwrite(dY, op.dX())).orElse(COMPUTES);
    }

    /**
     * Steps may read what their kernel writes at last. What is stored on the way may overwrite nothing: a later step
     * may read it. A gradient of a normalisation goes over memory twice, and what steps before it compute lies in
     * between where the result will: whatever it and the steps behind it read may not lie there.
     */
    @Override
    public Effect fused(Op.Fused op) {
        int norm = op.normalization();
        List<Op> afterwards = norm > 0 ? op.parts().subList(norm, op.parts().size()) : List.of();
        List<Op> first = op.parts().subList(0, op.parts().size() - afterwards.size());
        List<Value> candidates = first.stream()
                .flatMap(part ->
                        Effect.of(part) instanceof Effect.MayOverwrite step ? step.candidates().stream() : Stream.of())
                .filter(op.inputs()::contains)
                .toList();
        List<Value> readAfterwards = afterwards.stream()
                .flatMap(part -> part.inputs().stream())
                .filter(op.inputs()::contains)
                .toList();
        return candidates.isEmpty() ? COMPUTES : new Effect.MayOverwrite(candidates, op.result(), readAfterwards);
    }
}
