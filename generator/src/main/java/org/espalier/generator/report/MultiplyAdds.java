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
    public Long batchNorm2d(Op.BatchNorm2d op) {
        return NONE;
    }

    @Override
    public Long batchNorm2dBackward(Op.BatchNorm2dBackward op) {
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
    public Long maxPool2d(Op.MaxPool2d op) {
        return NONE;
    }

    @Override
    public Long maxPool2dBackward(Op.MaxPool2dBackward op) {
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
    public Long relu(Op.Relu op) {
        return NONE;
    }

    @Override
    public Long reluBackward(Op.ReluBackward op) {
        return NONE;
    }

    @Override
    public Long leakyRelu(Op.LeakyRelu op) {
        return NONE;
    }

    @Override
    public Long leakyReluBackward(Op.LeakyReluBackward op) {
        return NONE;
    }

    @Override
    public Long tanh(Op.Tanh op) {
        return NONE;
    }

    @Override
    public Long tanhBackward(Op.TanhBackward op) {
        return NONE;
    }

    @Override
    public Long sigmoid(Op.Sigmoid op) {
        return NONE;
    }

    @Override
    public Long sigmoidBackward(Op.SigmoidBackward op) {
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
}
