package org.espalier.generator.emit;

import org.espalier.generator.ir.Op;

/** Sends each operation to the emitter of its family. */
final class OperationEmitter implements Op.Visitor<Emission> {
    private final ConvolutionEmitter convolutions;
    private final LinearEmitter linears;
    private final NormalizationEmitter normalizations;
    private final ShapeEmitter shapes;
    private final ActivationEmitter activations;
    private final DropoutEmitter dropouts;
    private final LossEmitter losses;
    private final ActivityPenaltyEmitter activityPenalties;
    private final FusionEmitter fusions;

    OperationEmitter(Operands operands, Names names) {
        this.convolutions = new ConvolutionEmitter(operands);
        this.linears = new LinearEmitter(operands);
        this.normalizations = new NormalizationEmitter(operands);
        this.shapes = new ShapeEmitter(operands);
        this.activations = new ActivationEmitter(operands);
        this.dropouts = new DropoutEmitter(operands);
        this.losses = new LossEmitter(operands);
        this.activityPenalties = new ActivityPenaltyEmitter(operands, names);
        this.fusions = new FusionEmitter(
                operands, normalizations, new StepEmitter(operands, activations, dropouts, activityPenalties));
    }

    @Override
    public Emission conv2d(Op.Conv2d op) {
        return convolutions.conv2d(op);
    }

    @Override
    public Emission conv2dBackwardInput(Op.Conv2dBackwardInput op) {
        return convolutions.conv2dBackwardInput(op);
    }

    @Override
    public Emission conv2dBackwardWeight(Op.Conv2dBackwardWeight op) {
        return convolutions.conv2dBackwardWeight(op);
    }

    @Override
    public Emission convTranspose2d(Op.ConvTranspose2d op) {
        return convolutions.convTranspose2d(op);
    }

    @Override
    public Emission convTranspose2dBackwardInput(Op.ConvTranspose2dBackwardInput op) {
        return convolutions.convTranspose2dBackwardInput(op);
    }

    @Override
    public Emission convTranspose2dBackwardWeight(Op.ConvTranspose2dBackwardWeight op) {
        return convolutions.convTranspose2dBackwardWeight(op);
    }

    @Override
    public Emission channelBiasBackward(Op.ChannelBiasBackward op) {
        return convolutions.channelBiasBackward(op);
    }

    @Override
    public Emission linear(Op.Linear op) {
        return linears.linear(op);
    }

    @Override
    public Emission linearBackwardInput(Op.LinearBackwardInput op) {
        return linears.linearBackwardInput(op);
    }

    @Override
    public Emission linearBackwardWeight(Op.LinearBackwardWeight op) {
        return linears.linearBackwardWeight(op);
    }

    @Override
    public Emission linearBackwardBias(Op.LinearBackwardBias op) {
        return linears.linearBackwardBias(op);
    }

    @Override
    public Emission batchNorm(Op.BatchNorm op) {
        return normalizations.batchNorm(op);
    }

    @Override
    public Emission batchNormBackward(Op.BatchNormBackward op) {
        return normalizations.batchNormBackward(op);
    }

    @Override
    public Emission instanceNorm2d(Op.InstanceNorm2d op) {
        return normalizations.instanceNorm2d(op);
    }

    @Override
    public Emission instanceNorm2dBackward(Op.InstanceNorm2dBackward op) {
        return normalizations.instanceNorm2dBackward(op);
    }

    @Override
    public Emission groupNorm(Op.GroupNorm op) {
        return normalizations.groupNorm(op);
    }

    @Override
    public Emission groupNormBackward(Op.GroupNormBackward op) {
        return normalizations.groupNormBackward(op);
    }

    @Override
    public Emission maxPool2d(Op.MaxPool2d op) {
        return shapes.maxPool2d(op);
    }

    @Override
    public Emission maxPool2dBackward(Op.MaxPool2dBackward op) {
        return shapes.maxPool2dBackward(op);
    }

    @Override
    public Emission avgPool2d(Op.AvgPool2d op) {
        return shapes.avgPool2d(op);
    }

    @Override
    public Emission avgPool2dBackward(Op.AvgPool2dBackward op) {
        return shapes.avgPool2dBackward(op);
    }

    @Override
    public Emission spread2d(Op.Spread2d op) {
        return shapes.spread2d(op);
    }

    @Override
    public Emission spread2dBackward(Op.Spread2dBackward op) {
        return shapes.spread2dBackward(op);
    }

    @Override
    public Emission flatten(Op.Flatten op) {
        return shapes.flatten(op);
    }

    @Override
    public Emission flattenBackward(Op.FlattenBackward op) {
        return shapes.flattenBackward(op);
    }

    @Override
    public Emission dropout(Op.Dropout op) {
        return dropouts.dropout(op);
    }

    @Override
    public Emission dropoutBackward(Op.DropoutBackward op) {
        return dropouts.dropoutBackward(op);
    }

    @Override
    public Emission activation(Op.Activation op) {
        return activations.activation(op);
    }

    @Override
    public Emission activationBackward(Op.ActivationBackward op) {
        return activations.activationBackward(op);
    }

    @Override
    public Emission softmax(Op.Softmax op) {
        return activations.softmax(op);
    }

    @Override
    public Emission softmaxBackward(Op.SoftmaxBackward op) {
        return activations.softmaxBackward(op);
    }

    @Override
    public Emission concat(Op.Concat op) {
        return shapes.concat(op);
    }

    @Override
    public Emission concatBackward(Op.ConcatBackward op) {
        return shapes.concatBackward(op);
    }

    @Override
    public Emission add(Op.Add op) {
        return shapes.add(op);
    }

    @Override
    public Emission addBackward(Op.AddBackward op) {
        return shapes.addBackward(op);
    }

    @Override
    public Emission lossGradient(Op.LossGradient op) {
        return losses.lossGradient(op);
    }

    @Override
    public Emission activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        return activityPenalties.activityPenaltyBackward(op);
    }

    @Override
    public Emission fused(Op.Fused op) {
        return fusions.fused(op);
    }
}
