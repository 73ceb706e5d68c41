package org.espalier.runtime;

import static org.espalier.runtime.BatchNorm.batchNorm;
import static org.espalier.runtime.BatchNorm.batchNormBackward;
import static org.espalier.runtime.kernel.Kernels.dropout;
import static org.espalier.runtime.kernel.Kernels.dropoutBackward;
import static org.espalier.runtime.kernel.Kernels.linear;
import static org.espalier.runtime.kernel.Kernels.linearBackwardBias;
import static org.espalier.runtime.kernel.Kernels.linearBackwardInput;
import static org.espalier.runtime.kernel.Kernels.linearBackwardWeight;
import static org.espalier.runtime.kernel.loss.Losses.mseLoss;

import org.espalier.runtime.optim.optimizer.Sgd;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch norm, linear layer, batch norm and dropout, as the compiler writes them: {@code mode_fixture.py} has the same.
 */
@GeneratedNetwork("modes.net")
final class ModesNetwork extends Network implements Supervised {
    private final double drop;
    private final BatchNorm first;
    private final Parameter weight;
    private final Parameter bias;
    private final BatchNorm second;

    private INDArray x;
    private INDArray normed;
    private INDArray dNormed;
    private INDArray dX;
    private INDArray linear;
    private INDArray dLinear;
    private INDArray y;
    private INDArray dY;
    private INDArray mask;

    ModesNetwork(Init init, double drop) {
        super(DataType.DOUBLE, 8 + 15 + 6, init, new Sgd(0.1));
        this.drop = drop;
        first = batchNormOf("first", constant(1), constant(0), 1e-5, 0.1, 4);
        weight = parameter("fc.weight", uniform(0.5), 3, 4);
        bias = parameter("fc.bias", uniform(0.5), 3);
        second = batchNormOf("second", constant(1), constant(0), 1e-5, 0.1, 3);
        stepMemory(3 * 4 + 5 * 3, 2 * 4 + 2 * 3);
        declared();
    }

    @Override
    protected void allocate(Memory memory) {
        normed = memory.perSample(0, 4);
        dNormed = memory.perSample(4, 4);
        dX = memory.perSample(8, 4);
        linear = memory.perSample(12, 3);
        dLinear = memory.perSample(15, 3);
        y = memory.perSample(18, 3);
        dY = memory.perSample(21, 3);
        mask = memory.perSample(24, 3);
        first.allocate(memory.fixed(0, 4), memory.fixed(4, 4));
        second.allocate(memory.fixed(8, 3), memory.fixed(11, 3));
    }

    @Override
    public INDArray forward(INDArray x) {
        return propagating(() -> {
            this.x = input("x", x, 4);
            batchNorm(this.x, first, normed, training);
            linear(normed, weight.numbers(), bias.numbers(), linear);
            batchNorm(linear, second, y, training);
            dropout(y, mask, y, drop, training, random);
            return y;
        });
    }

    @Override
    public double loss(INDArray target) {
        return dataLoss(() -> mseLoss(y, target("target", target, 3), 1, dY));
    }

    @Override
    public void backward() {
        backpropagating(() -> {
            requireLoss();
            dropoutBackward(mask, dY, dY, training);
            batchNormBackward(linear, second, dY, dLinear, training, accumulate);
            linearBackwardWeight(normed, dLinear, weight.gradientNumbers(), accumulate);
            linearBackwardBias(dLinear, bias.gradientNumbers(), accumulate);
            linearBackwardInput(dLinear, weight.numbers(), dNormed);
            batchNormBackward(x, first, dNormed, dX, training, accumulate);
        });
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
