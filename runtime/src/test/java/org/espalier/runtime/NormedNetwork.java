package org.espalier.runtime;

import static org.espalier.runtime.kernel.Normalizations.batchNorm;
import static org.espalier.runtime.kernel.Normalizations.batchNormBackward;
import static org.espalier.runtime.kernel.loss.Losses.mseLoss;

import org.espalier.runtime.optim.optimizer.Adam;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalizes images [batch, 2, 2, 2] by channel, then each of their eight values over the batch. A batch of one sample
 * moves the statistics of the first norm before the second refuses it.
 */
@GeneratedNetwork("normed.net")
final class NormedNetwork extends Network implements Supervised {
    private final INDArray byChannelWeight;
    private final INDArray dByChannelWeight;
    private final INDArray byChannelBias;
    private final INDArray dByChannelBias;
    private final INDArray byChannelRunningMean;
    private final INDArray byChannelRunningVar;
    private final INDArray byValueWeight;
    private final INDArray dByValueWeight;
    private final INDArray byValueBias;
    private final INDArray dByValueBias;
    private final INDArray byValueRunningMean;
    private final INDArray byValueRunningVar;

    private INDArray image;
    private INDArray byChannel;
    private INDArray flat;
    private INDArray byChannelMean;
    private INDArray byChannelInverseStd;
    private INDArray byValue;
    private INDArray byValueMean;
    private INDArray byValueInverseStd;
    private INDArray dByValue;
    private INDArray dFlat;
    private INDArray dByChannel;
    private INDArray dImage;

    NormedNetwork(Init init) {
        super(DataType.FLOAT, 2 + 2 + 8 + 8, init, new Adam(1e-2));
        Parameter weight = parameter("byChannel.weight", uniform(1), 2);
        byChannelWeight = weight.value();
        dByChannelWeight = weight.gradient();
        Parameter bias = parameter("byChannel.bias", uniform(1), 2);
        byChannelBias = bias.value();
        dByChannelBias = bias.gradient();
        byChannelRunningMean = statistic("byChannel.running_mean", 0.0, 2);
        byChannelRunningVar = statistic("byChannel.running_var", 1.0, 2);
        Parameter weights = parameter("byValue.weight", uniform(1), 8);
        byValueWeight = weights.value();
        dByValueWeight = weights.gradient();
        Parameter biases = parameter("byValue.bias", uniform(1), 8);
        byValueBias = biases.value();
        dByValueBias = biases.gradient();
        byValueRunningMean = statistic("byValue.running_mean", 0.0, 8);
        byValueRunningVar = statistic("byValue.running_var", 1.0, 8);
        stepMemory(5 * 8, 2 + 2 + 8 + 8);
        declared();
    }

    @Override
    protected void allocate(Memory memory) {
        byChannel = memory.perSample(0, 2, 2, 2);
        flat = memory.view(byChannel, 8);
        byValue = memory.perSample(8, 8);
        dByValue = memory.perSample(16, 8);
        dFlat = memory.perSample(24, 8);
        dByChannel = memory.view(dFlat, 2, 2, 2);
        dImage = memory.perSample(32, 2, 2, 2);
        byChannelMean = memory.fixed(0, 2);
        byChannelInverseStd = memory.fixed(2, 2);
        byValueMean = memory.fixed(4, 8);
        byValueInverseStd = memory.fixed(12, 8);
    }

    @Override
    public INDArray forward(INDArray image) {
        return propagating(() -> {
            this.image = input("image", image, 2, 2, 2);
            batchNorm(
                    this.image,
                    byChannelWeight,
                    byChannelBias,
                    byChannelRunningMean,
                    byChannelRunningVar,
                    byChannelMean,
                    byChannelInverseStd,
                    byChannel,
                    1e-5,
                    0.1,
                    training);
            batchNorm(
                    flat,
                    byValueWeight,
                    byValueBias,
                    byValueRunningMean,
                    byValueRunningVar,
                    byValueMean,
                    byValueInverseStd,
                    byValue,
                    1e-5,
                    0.1,
                    training);
            return byValue;
        });
    }

    @Override
    public double loss(INDArray target) {
        return dataLoss(() -> mseLoss(byValue, target("target", target, 8), 1.0, dByValue));
    }

    @Override
    public void backward() {
        backpropagating(() -> {
            requireLoss();
            batchNormBackward(
                    flat,
                    byValueWeight,
                    byValueMean,
                    byValueInverseStd,
                    dByValue,
                    dFlat,
                    dByValueWeight,
                    dByValueBias,
                    training,
                    accumulate);
            batchNormBackward(
                    image,
                    byChannelWeight,
                    byChannelMean,
                    byChannelInverseStd,
                    dByChannel,
                    dImage,
                    dByChannelWeight,
                    dByChannelBias,
                    training,
                    accumulate);
        });
    }

    @Override
    public StepReport trainStep(INDArray image, INDArray target) {
        return stepping(() -> {
            forward(image);
            loss(target);
            backward();
            return update();
        });
    }

    @Override
    public INDArray predict(INDArray image) {
        return predicting(() -> forward(image));
    }
}
