package org.espalier.training.report;

import static org.espalier.runtime.kernel.Kernels.linear;
import static org.espalier.runtime.kernel.Kernels.linearBackwardBias;
import static org.espalier.runtime.kernel.Kernels.linearBackwardWeight;
import static org.espalier.runtime.kernel.loss.Losses.mseLoss;

import org.espalier.runtime.Init;
import org.espalier.runtime.Memory;
import org.espalier.runtime.Network;
import org.espalier.runtime.Parameter;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One linear layer from three numbers to one. */
final class LineNetwork extends Network implements Supervised {
    private final Parameter weight;
    private final Parameter bias;

    private INDArray x;
    private INDArray y;
    private INDArray dY;

    LineNetwork(long seed) {
        super(DataType.FLOAT, 3 + 1, Init.seed(seed), new Adam(1e-2, 0.9, 0.999, 1e-8));
        weight = parameter("line.weight", uniform(1), 1, 3).regularizedBy(new Regularizer("small", new L2(1e-3)));
        bias = parameter("line.bias", uniform(1), 1);
        stepMemory(2, 0);
        declared();
    }

    @Override
    protected void allocate(Memory memory) {
        y = memory.perSample(0, 1);
        dY = memory.perSample(1, 1);
    }

    @Override
    public INDArray forward(INDArray input) {
        return propagating(() -> {
            x = input("x", input, 3);
            linear(x, weight.value(), bias.value(), y);
            return y;
        });
    }

    @Override
    public double loss(INDArray target) {
        return dataLoss(() -> mseLoss(y, target("target", target, 1), 1, dY));
    }

    @Override
    public void backward() {
        backpropagating(() -> {
            requireLoss();
            linearBackwardWeight(x, dY, weight.gradient(), accumulate);
            linearBackwardBias(dY, bias.gradient(), accumulate);
        });
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
