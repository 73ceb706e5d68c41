package org.espalier.runtime;

import static org.espalier.runtime.kernel.Activations.relu;
import static org.espalier.runtime.kernel.Activations.reluBackward;
import static org.espalier.runtime.kernel.Kernels.channelBiasBackward;
import static org.espalier.runtime.kernel.Kernels.conv2d;
import static org.espalier.runtime.kernel.Kernels.conv2dBackwardWeight;
import static org.espalier.runtime.kernel.Kernels.copy;
import static org.espalier.runtime.kernel.Kernels.dropout;
import static org.espalier.runtime.kernel.Kernels.dropoutBackward;
import static org.espalier.runtime.kernel.Kernels.linear;
import static org.espalier.runtime.kernel.Kernels.linearBackwardBias;
import static org.espalier.runtime.kernel.Kernels.linearBackwardInput;
import static org.espalier.runtime.kernel.Kernels.linearBackwardWeight;
import static org.espalier.runtime.kernel.Normalizations.batchNorm;
import static org.espalier.runtime.kernel.Normalizations.batchNormBackward;
import static org.espalier.runtime.kernel.loss.Losses.crossEntropyLoss;

import org.espalier.runtime.kernel.window.Window;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network as the compiler writes them, by hand: conv, batch norm, ReLU, dropout, linear, cross entropy. */
@GeneratedNetwork("tiny.net")
public final class TinyNetwork extends Network implements Supervised {
    static final int PARAMETERS = 64 + 4 + 4 + 4 + 192 + 3;

    /** Numbers of the arena for each sample. */
    static final long PER_SAMPLE = 64 + 64 + 64 + 3 + 3 + 64 + 64;

    /** Numbers of the arena besides. */
    static final long FIXED = 8;

    private static final Window KERNEL_4_STRIDE_2_PADDING_1 =
            Window.kernel(4, 4).stride(2, 2).padding(1, 1);

    final Regularizer elastic = new Regularizer("elastic", new L1(1e-2), new L2(1e-1));
    final Regularizer ridge = new Regularizer("l2(0.001)", new L2(1e-3));

    private INDArray convWeight;
    private INDArray dConvWeight;
    private INDArray convBias;
    private INDArray dConvBias;
    private INDArray bnWeight;
    private INDArray dBnWeight;
    private INDArray bnBias;
    private INDArray dBnBias;
    private INDArray bnRunningMean;
    private INDArray bnRunningVar;
    private INDArray logitsWeight;
    private INDArray dLogitsWeight;
    private INDArray logitsBias;
    private INDArray dLogitsBias;

    private INDArray image;
    private INDArray conv;
    private INDArray bn;
    private INDArray bnMean;
    private INDArray bnInverseStd;
    private INDArray dropMask;
    private INDArray flat;
    private INDArray logits;
    private INDArray dLogits;
    private INDArray dFlat;
    private INDArray dBn;
    private INDArray dConv;

    private TinyNetwork(DataType type, Init init, Optimizer optimizer) {
        super(type, PARAMETERS, init, optimizer);
        declareConv();
        declareBn();
        declareLogits();
        stepMemory(PER_SAMPLE, FIXED);
        declared();
    }

    static TinyNetwork create(Init init) {
        return new TinyNetwork(DataType.FLOAT, init, new Adam(1e-2));
    }

    static TinyNetwork create(DataType type, Init init, Optimizer optimizer) {
        return new TinyNetwork(type, init, optimizer);
    }

    private void declareConv() {
        Parameter weight = parameter("conv.weight", uniform(0.25), 4, 1, 4, 4);
        weight.regularizedBy(elastic);
        convWeight = weight.value();
        dConvWeight = weight.gradient();
        Parameter bias = parameter("conv.bias", uniform(0.25), 4);
        convBias = bias.value();
        dConvBias = bias.gradient();
    }

    private void declareBn() {
        Parameter weight = parameter("bn.weight", constant(1.0), 4);
        bnWeight = weight.value();
        dBnWeight = weight.gradient();
        Parameter bias = parameter("bn.bias", constant(0.0), 4);
        bnBias = bias.value();
        dBnBias = bias.gradient();
        bnRunningMean = statistic("bn.running_mean", 0.0, 4);
        bnRunningVar = statistic("bn.running_var", 1.0, 4);
    }

    private void declareLogits() {
        Parameter weight = parameter("logits.weight", normal(0.0, 0.1), 3, 64);
        weight.regularizedBy(ridge);
        logitsWeight = weight.value();
        dLogitsWeight = weight.gradient();
        Parameter bias = parameter("logits.bias", constant(0.0), 3);
        logitsBias = bias.value();
        dLogitsBias = bias.gradient();
    }

    @Override
    protected void allocate(Memory memory) {
        conv = memory.perSample(0, 4, 4, 4);
        bn = memory.perSample(64, 4, 4, 4);
        bnMean = memory.fixed(0, 4);
        bnInverseStd = memory.fixed(4, 4);
        dropMask = memory.perSample(128, 4, 4, 4);
        flat = memory.view(bn, 64);
        logits = memory.perSample(192, 3);
        dLogits = memory.perSample(195, 3);
        dFlat = memory.perSample(198, 64);
        dBn = memory.view(dFlat, 4, 4, 4);
        dConv = memory.perSample(262, 4, 4, 4);
    }

    @Override
    public INDArray forward(INDArray image) {
        return propagating(() -> {
            this.image = input("image", image, 1, 8, 8);
            conv2d(this.image, convWeight, convBias, conv, KERNEL_4_STRIDE_2_PADDING_1, workspace);
            batchNorm(
                    conv,
                    bnWeight,
                    bnBias,
                    bnRunningMean,
                    bnRunningVar,
                    bnMean,
                    bnInverseStd,
                    bn,
                    1e-5,
                    0.1,
                    training(bnRunningMean));
            relu(bn, bn);
            dropout(bn, dropMask, bn, 0.25, training, random);
            linear(flat, logitsWeight, logitsBias, logits);
            return logits;
        });
    }

    @Override
    public double loss(INDArray label) {
        return dataLoss(() -> crossEntropyLoss(logits, labels("label", label), 1.0, dLogits));
    }

    @Override
    public void backward() {
        backpropagating(() -> {
            requireLoss();
            backpropagate();
        });
    }

    public void backward(INDArray dLogits) {
        backpropagating(() -> {
            copy(gradient("logits", dLogits, 3), this.dLogits);
            backpropagate();
        });
    }

    private void backpropagate() {
        linearBackwardWeight(flat, dLogits, dLogitsWeight, accumulate);
        linearBackwardBias(dLogits, dLogitsBias, accumulate);
        linearBackwardInput(dLogits, logitsWeight, dFlat);
        dropoutBackward(dropMask, dBn, dBn, training);
        reluBackward(bn, dBn, dBn);
        batchNormBackward(
                conv,
                bnWeight,
                bnMean,
                bnInverseStd,
                dBn,
                dConv,
                dBnWeight,
                dBnBias,
                training(bnRunningMean),
                accumulate);
        channelBiasBackward(dConv, dConvBias, accumulate);
        conv2dBackwardWeight(image, dConv, dConvWeight, KERNEL_4_STRIDE_2_PADDING_1, accumulate, workspace);
    }

    @Override
    public StepReport trainStep(INDArray image, INDArray label) {
        return stepping(() -> {
            forward(image);
            loss(label);
            backward();
            return update();
        });
    }

    @Override
    public INDArray predict(INDArray image) {
        return predicting(() -> forward(image));
    }
}
