package org.espalier.testing;

import static org.espalier.runtime.kernel.Kernels.dropout;
import static org.espalier.runtime.kernel.Kernels.dropoutBackward;
import static org.espalier.runtime.kernel.Kernels.linear;
import static org.espalier.runtime.kernel.Kernels.linearBackwardBias;
import static org.espalier.runtime.kernel.Kernels.linearBackwardInput;
import static org.espalier.runtime.kernel.Kernels.linearBackwardWeight;
import static org.espalier.runtime.kernel.Normalizations.batchNorm;
import static org.espalier.runtime.kernel.Normalizations.batchNormBackward;
import static org.espalier.runtime.kernel.loss.Losses.mseLoss;

import org.espalier.runtime.Init;
import org.espalier.runtime.Memory;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch norm over two channels of two numbers, dropout and a linear layer; its weight's gradient can be made wrong. */
final class OneLayer extends Network implements Supervised {
    private final boolean wrong;

    private final INDArray scale;
    private final INDArray dScale;
    private final INDArray shift;
    private final INDArray dShift;
    private final INDArray mean;
    private final INDArray variance;
    private final INDArray weight;
    private final INDArray dWeight;
    private final INDArray bias;
    private final INDArray dBias;

    private INDArray x;
    private INDArray dX;
    private INDArray norm;
    private INDArray dNorm;
    private INDArray flat;
    private INDArray dFlat;
    private INDArray mask;
    private INDArray batchMean;
    private INDArray batchInverseStd;
    private INDArray y;
    private INDArray dY;

    OneLayer(DataType type, boolean wrong) {
        super(type, 2 + 2 + 3 * 4 + 3, Init.seed(5));
        this.wrong = wrong;
        Parameter normWeight = parameter("norm.weight", uniform(1), 2);
        scale = normWeight.value();
        dScale = normWeight.gradient();
        Parameter normBias = parameter("norm.bias", uniform(1), 2);
        shift = normBias.value();
        dShift = normBias.gradient();
        mean = statistic("norm.running_mean", 0, 2);
        variance = statistic("norm.running_var", 1, 2);
        Parameter layerWeight = parameter("layer.weight", uniform(1), 3, 4);
        weight = layerWeight.value();
        dWeight = layerWeight.gradient();
        Parameter layerBias = parameter("layer.bias", uniform(1), 3);
        bias = layerBias.value();
        dBias = layerBias.gradient();
        stepMemory(4 * 4 + 3 + 3 + 4, 4);
        declared();
    }

    @Override
    protected void allocate(Memory memory) {
        dX = memory.perSample(0, 2, 2, 1);
        norm = memory.perSample(4, 2, 2, 1);
        dNorm = memory.perSample(8, 2, 2, 1);
        mask = memory.perSample(12, 2, 2, 1);
        y = memory.perSample(16, 3);
        dY = memory.perSample(19, 3);
        flat = memory.view(norm, 4);
        dFlat = memory.view(dNorm, 4);
        batchMean = memory.fixed(0, 2);
        batchInverseStd = memory.fixed(2, 2);
    }

    @Override
    public INDArray forward(INDArray input) {
        return propagating(() -> {
            x = input("x", input, 2, 2, 1);
            batchNorm(x, scale, shift, mean, variance, batchMean, batchInverseStd, norm, 1e-5, 0.1, training);
            dropout(norm, mask, norm, 0.25, training, random);
            linear(flat, weight, bias, y);
            return y;
        });
    }

    @Override
    public double loss(INDArray target) {
        return dataLoss(() -> mseLoss(y, target("target", target, 3), 1, dY));
    }

    @Override
    public void backward() {
        backpropagating(this::backpropagate);
    }

    private void backpropagate() {
        requireLoss();
        linearBackwardWeight(flat, dY, dWeight, accumulate);
        linearBackwardBias(dY, dBias, accumulate);
        linearBackwardInput(dY, weight, dFlat);
        dropoutBackward(mask, dNorm, dNorm, training);
        batchNormBackward(x, scale, batchMean, batchInverseStd, dNorm, dX, dScale, dShift, training, accumulate);
        if (wrong) {
            dWeight.putScalar(1, 2, dWeight.getDouble(1, 2) + 0.25);
        }
    }

    INDArray dX() {
        return inputGradient("x", dX);
    }

    @Override
    public StepReport trainStep(INDArray input, INDArray target) {
        return stepping(() -> {
            forward(input);
            loss(target);
            backward();
            return update();
        });
    }

    @Override
    public INDArray predict(INDArray input) {
        return predicting(() -> forward(input));
    }
}
