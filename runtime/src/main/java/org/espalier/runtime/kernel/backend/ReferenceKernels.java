package org.espalier.runtime.kernel.backend;

import org.espalier.runtime.kernel.convolution.ReferenceConvolution;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.elementwise.ReferenceElementwise;
import org.espalier.runtime.kernel.embedding.ReferenceEmbedding;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.movement.Movement;
import org.espalier.runtime.kernel.normalization.ReferenceNormalization;
import org.espalier.runtime.kernel.pooling.AvgPoolKernel;
import org.espalier.runtime.kernel.pooling.ReferenceMaxPool;
import org.espalier.runtime.kernel.product.MatrixProducts;
import org.espalier.runtime.kernel.product.ReferenceLinear;
import org.espalier.runtime.kernel.recurrence.RecurrentGradients;
import org.espalier.runtime.kernel.recurrence.RecurrentTensors;
import org.espalier.runtime.kernel.recurrence.ReferenceRecurrence;
import org.espalier.runtime.kernel.reduction.ReferenceSoftmax;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels of the CPU in double precision: plain loops, which those in single precision are tested against. */
final class ReferenceKernels extends CpuKernels {
    /** The only ones: they keep nothing of a network. */
    static final ReferenceKernels CPU = new ReferenceKernels();

    private ReferenceKernels() {
        super(Movement.ofDoubles());
    }

    @Override
    public void convolveToMap(
            INDArray image,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray map,
            Window window,
            Workspace workspace) {
        ReferenceConvolution.toMap(image, weight, bias, map, window);
    }

    @Override
    public void convolveToImage(
            INDArray map,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray image,
            Window window,
            Workspace workspace) {
        ReferenceConvolution.toImage(map, weight, bias, image, window);
    }

    @Override
    public void convolveToWeight(
            INDArray image, INDArray map, INDArray weight, Window window, boolean accumulate, Workspace workspace) {
        ReferenceConvolution.toWeight(image, map, weight, window, accumulate);
    }

    @Override
    public void channelBiasBackward(INDArray dY, INDArray dBias, boolean accumulate) {
        ReferenceLinear.backwardChannelBias(dY, dBias, accumulate);
    }

    @Override
    public void linear(INDArray x, INDArray weight, @Nullable INDArray bias, INDArray y) {
        ReferenceLinear.forward(x, weight, bias, y);
    }

    @Override
    public void linearBackwardInput(INDArray dY, INDArray weight, INDArray dX) {
        ReferenceLinear.backwardInput(dY, weight, dX);
    }

    @Override
    public void linearBackwardWeight(INDArray x, INDArray dY, INDArray dWeight, boolean accumulate) {
        ReferenceLinear.backwardWeight(x, dY, dWeight, accumulate);
    }

    @Override
    public void linearBackwardBias(INDArray dY, INDArray dBias, boolean accumulate) {
        ReferenceLinear.backwardBias(dY, dBias, accumulate);
    }

    @Override
    public void matmul(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        MatrixProducts.multiply(a, b, y, transposeA, transposeB);
    }

    @Override
    public void batchNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray runningMean,
            INDArray runningVar,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            double momentum,
            boolean training,
            Epilogue... epilogues) {
        ReferenceNormalization.batchForward(
                x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, eps, momentum, training, epilogues);
    }

    @Override
    public void batchNormBackward(
            INDArray x,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean training,
            boolean accumulate,
            Epilogue... epilogues) {
        ReferenceNormalization.batchBackward(
                x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate, epilogues);
    }

    @Override
    public void normalize(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            boolean instances,
            Epilogue... epilogues) {
        ReferenceNormalization.forward(x, gamma, beta, mean, inverseStd, y, eps, instances, epilogues);
    }

    @Override
    public void recurrence(RecurrentTensors tensors, INDArray p) {
        ReferenceRecurrence.forward(tensors, p);
    }

    @Override
    public void recurrenceBackwardInput(RecurrentTensors tensors, RecurrentGradients gradients, Workspace workspace) {
        ReferenceRecurrence.backwardInput(tensors, gradients);
    }

    @Override
    public void recurrenceBackwardWeight(
            RecurrentTensors tensors, INDArray dP, boolean accumulate, Workspace workspace) {
        ReferenceRecurrence.backwardWeight(tensors, dP, accumulate);
    }

    @Override
    public void gruBackwardBias(INDArray kept, INDArray dP, INDArray dBias, boolean accumulate) {
        ReferenceRecurrence.gruBackwardBias(kept, dP, dBias, accumulate);
    }

    @Override
    public void recurrenceBackwardProjection(
            RecurrentTensors tensors,
            INDArray dY,
            INDArray dP,
            INDArray dProjection,
            boolean accumulate,
            Workspace workspace) {
        ReferenceRecurrence.backwardProjection(tensors, dY, dP, dProjection, accumulate);
    }

    @Override
    public void embedding(INDArray x, INDArray weight, INDArray y) {
        ReferenceEmbedding.forward(x, weight, y);
    }

    @Override
    public void embeddingBackwardWeight(INDArray x, INDArray dY, INDArray dWeight, int padding, boolean accumulate) {
        ReferenceEmbedding.backwardWeight(x, dY, dWeight, padding, accumulate);
    }

    @Override
    public void normalizeInstancesBy(
            INDArray mean,
            INDArray inverseStd,
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray y) {
        ReferenceNormalization.instancesBy(mean, inverseStd, x, gamma, beta, y);
    }

    @Override
    public void instanceNormBackward(
            INDArray x,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean ownStatistics,
            boolean accumulate,
            Epilogue... epilogues) {
        ReferenceNormalization.instanceBackward(
                x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, ownStatistics, accumulate, epilogues);
    }

    @Override
    public void maxPool(INDArray x, INDArray y, Window window) {
        ReferenceMaxPool.forward(x, y, window);
    }

    @Override
    public void maxPoolBackward(INDArray x, INDArray dY, INDArray dX, Window window) {
        ReferenceMaxPool.backward(x, dY, dX, window);
    }

    @Override
    public void copyChannels(INDArray from, int fromChannel, INDArray to, int toChannel, int channels) {
        ReferenceElementwise.copyChannels(from, fromChannel, to, toChannel, channels);
    }

    @Override
    public void copy(INDArray from, INDArray to) {
        ReferenceElementwise.map(from, to, value -> value);
    }

    @Override
    public void inOnePass(INDArray x, INDArray y, Epilogue... epilogues) {
        ReferenceElementwise.run(x, y, epilogues);
    }

    @Override
    public void drawMask(INDArray mask, double p, RandomStream random) {
        ReferenceElementwise.mask(mask, p, random);
    }

    @Override
    public void multiplyChannels(INDArray x, INDArray mask, INDArray y) {
        ReferenceElementwise.multiplyChannels(x, mask, y);
    }

    @Override
    public void avgPool(INDArray x, INDArray y, AvgPoolKernel.Spans windows) {
        AvgPoolKernel.reference(Operand.of(x), Operand.of(y), windows);
    }

    @Override
    public void avgPoolBackward(INDArray dY, INDArray dX, AvgPoolKernel.Spans windows) {
        AvgPoolKernel.referenceBackward(Operand.of(dY), Operand.of(dX), windows);
    }

    @Override
    public void softmax(INDArray x, INDArray y, int axis, boolean log) {
        ReferenceSoftmax.forward(x, y, axis, log);
    }

    @Override
    public void softmaxBackward(INDArray y, INDArray dY, INDArray dX, int axis, boolean log) {
        ReferenceSoftmax.backward(y, dY, dX, axis, log);
    }

    @Override
    public void attentionWeights(INDArray x, INDArray y, double scale, boolean causal) {
        ReferenceSoftmax.weights(x, y, scale, causal);
    }

    @Override
    public void attentionWeightsBackward(INDArray y, INDArray dY, INDArray dX, double scale) {
        ReferenceSoftmax.weightsBackward(y, dY, dX, scale);
    }
}
