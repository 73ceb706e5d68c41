package org.espalier.runtime;

import static org.espalier.runtime.kernel.Kernels.copy;
import static org.espalier.runtime.kernel.Kernels.linear;
import static org.espalier.runtime.kernel.Kernels.linearBackwardBias;
import static org.espalier.runtime.kernel.Kernels.linearBackwardInput;
import static org.espalier.runtime.kernel.Kernels.linearBackwardWeight;
import static org.espalier.runtime.kernel.Normalizations.batchNorm;
import static org.espalier.runtime.kernel.Normalizations.batchNormBackward;
import static org.espalier.runtime.kernel.loss.Losses.mseLoss;

import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch norm and a linear layer, of as many numbers as one likes: memory of more than some hundred kilobytes goes back
 * to the system when it is freed, and a process that reads it then ends. Has outputs and a gradient by its input to ask
 * for.
 */
final class WideNetwork extends Network implements Supervised {
    final Regularizer elastic = new Regularizer("elastic", new L1(1e-3), new L2(1e-2));

    private final int in;
    private final int out;

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
    private INDArray batchMean;
    private INDArray batchInverseStd;
    private INDArray y;
    private INDArray dY;

    /** Runs in the middle of each forward, and of each backward, when they have changed something. */
    Runnable inForward = () -> {};

    Runnable inBackward = () -> {};

    WideNetwork(int in, int out) {
        this(in, out, Init.seed(5));
    }

    WideNetwork(int in, int out, Init init) {
        super(DataType.FLOAT, 2L * in + (long) in * out + out, init, new Sgd(0.1));
        this.in = in;
        this.out = out;
        Parameter normWeight = parameter("norm.weight", uniform(1), in);
        scale = normWeight.value();
        dScale = normWeight.gradient();
        Parameter normBias = parameter("norm.bias", uniform(1), in);
        shift = normBias.value();
        dShift = normBias.gradient();
        mean = statistic("norm.running_mean", 0, in);
        variance = statistic("norm.running_var", 1, in);
        Parameter layerWeight = parameter("layer.weight", uniform(1), out, in);
        layerWeight.regularizedBy(elastic);
        weight = layerWeight.value();
        dWeight = layerWeight.gradient();
        Parameter layerBias = parameter("layer.bias", uniform(1), out);
        bias = layerBias.value();
        dBias = layerBias.gradient();
        stepMemory(3L * in + 2L * out, 2L * in);
        declared();
    }

    @Override
    protected void allocate(Memory memory) {
        norm = memory.perSample(0, in);
        dNorm = memory.perSample(in, in);
        dX = memory.perSample(2L * in, in);
        y = memory.perSample(3L * in, out);
        dY = memory.perSample(3L * in + out, out);
        batchMean = memory.fixed(0, in);
        batchInverseStd = memory.fixed(in, in);
    }

    @Override
    public INDArray forward(INDArray x) {
        return propagating(() -> {
            this.x = input("x", x, in);
            batchNorm(this.x, scale, shift, mean, variance, batchMean, batchInverseStd, norm, 1e-5, 0.1, training);
            inForward.run();
            linear(norm, weight, bias, y);
            return y;
        });
    }

    @Override
    public double loss(INDArray target) {
        return dataLoss(() -> mseLoss(y, target("target", target, out), 1, dY));
    }

    @Override
    public void backward() {
        backpropagating(() -> {
            requireLoss();
            backpropagate();
        });
    }

    INDArray backward(INDArray dY) {
        return backpropagating(() -> {
            copy(gradient("y", dY, out), this.dY);
            backpropagate();
            return dX;
        });
    }

    private void backpropagate() {
        linearBackwardWeight(norm, dY, dWeight, accumulate);
        linearBackwardBias(dY, dBias, accumulate);
        inBackward.run();
        linearBackwardInput(dY, weight, dNorm);
        batchNormBackward(x, scale, batchMean, batchInverseStd, dNorm, dX, dScale, dShift, training, accumulate);
    }

    INDArray y() {
        return output("y", y);
    }

    INDArray dX() {
        return inputGradient("x", dX);
    }

    @Override
    public StepReport trainStep(INDArray x, INDArray target) {
        return stepping(() -> {
            forward(x);
            loss(target);
            backward();
            return update();
        });
    }

    @Override
    public INDArray predict(INDArray x) {
        return predicting(() -> forward(x));
    }
}
