package org.espalier.generator.report;

import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;

/**
 * Multiplications of a sample's numbers by weights, each with its addition, as papers count the work of networks.
 * Everything else (biases, activations, normalisation) is left out, as they leave it out.
 */
final class MultiplyAdds implements Op.Visitor<Long> {
    private static final MultiplyAdds INSTANCE = new MultiplyAdds();
    private static final Long NONE = 0L;

    private MultiplyAdds() {}

    /** Of one operation, for each sample of a batch. */
    static long of(Op op) {
        return op.accept(INSTANCE);
    }

    /** Height times width: how often a convolution's weights are applied. */
    private static long perPosition(Value image) {
        return image.shape().elements() / image.shape().axis(1);
    }

    @Override
    public Long conv2d(Op.Conv2d op) {
        return perPosition(op.y()) * op.weight().shape().elements();
    }

    @Override
    public Long conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return perPosition(op.dY()) * op.weight().shape().elements();
    }

    @Override
    public Long conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return perPosition(op.dY()) * op.dWeight().shape().elements();
    }

    @Override
    public Long convTranspose2d(Op.ConvTranspose2d op) {
        return perPosition(op.x()) * op.weight().shape().elements();
    }

    @Override
    public Long convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return perPosition(op.dX()) * op.weight().shape().elements();
    }

    @Override
    public Long convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return perPosition(op.x()) * op.dWeight().shape().elements();
    }

    @Override
    public Long channelBiasBackward(Op.ChannelBiasBackward op) {
        return NONE;
    }

    @Override
    public Long linear(Op.Linear op) {
        return op.weight().shape().elements();
    }

    @Override
    public Long linearBackwardInput(Op.LinearBackwardInput op) {
        return op.weight().shape().elements();
    }

    @Override
    public Long linearBackwardWeight(Op.LinearBackwardWeight op) {
        return op.dWeight().shape().elements();
    }

    @Override
    public Long linearBackwardBias(Op.LinearBackwardBias op) {
        return NONE;
    }

    @Override
    public Long batchNorm(Op.BatchNorm op) {
        return NONE;
    }

    @Override
    public Long batchNormBackward(Op.BatchNormBackward op) {
        return NONE;
    }

    @Override
    public Long instanceNorm2d(Op.InstanceNorm2d op) {
        return NONE;
    }

    @Override
    public Long instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return NONE;
    }

    @Override
    public Long groupNorm(Op.GroupNorm op) {
        return NONE;
    }

    @Override
    public Long groupNormBackward(Op.GroupNormBackward op) {
        return NONE;
    }

    @Override
    public Long maxPool2d(Op.MaxPool2d op) {
        return NONE;
    }

    @Override
    public Long maxPool2dBackward(Op.MaxPool2dBackward op) {
        return NONE;
    }

    @Override
    public Long avgPool2d(Op.AvgPool2d op) {
        return NONE;
    }

    @Override
    public Long avgPool2dBackward(Op.AvgPool2dBackward op) {
        return NONE;
    }

    @Override
    public Long spread2d(Op.Spread2d op) {
        return NONE;
    }

    @Override
    public Long spread2dBackward(Op.Spread2dBackward op) {
        return NONE;
    }

    @Override
    public Long flatten(Op.Flatten op) {
        return NONE;
    }

    @Override
    public Long flattenBackward(Op.FlattenBackward op) {
        return NONE;
    }

    @Override
    public Long dropout(Op.Dropout op) {
        return NONE;
    }

    @Override
    public Long dropoutBackward(Op.DropoutBackward op) {
        return NONE;
    }

    @Override
    public Long activation(Op.Activation op) {
        return NONE;
    }

    @Override
    public Long activationBackward(Op.ActivationBackward op) {
        return NONE;
    }

    @Override
    public Long softmax(Op.Softmax op) {
        return NONE;
    }

    @Override
    public Long softmaxBackward(Op.SoftmaxBackward op) {
        return NONE;
    }

    @Override
    public Long concat(Op.Concat op) {
        return NONE;
    }

    @Override
    public Long concatBackward(Op.ConcatBackward op) {
        return NONE;
    }

    @Override
    public Long add(Op.Add op) {
        return NONE;
    }

    @Override
    public Long addBackward(Op.AddBackward op) {
        return NONE;
    }

    @Override
    public Long lossGradient(Op.LossGradient op) {
        return NONE;
    }

    @Override
    public Long activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        return NONE;
    }

    @Override
    public Long fused(Op.Fused op) {
        return op.parts().stream().mapToLong(MultiplyAdds::of).sum();
    }
}
