package org.espalier.runtime.kernel.backend;

import org.espalier.runtime.kernel.convolution.ConvolutionKernels;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.embedding.FloatEmbedding;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.movement.Movement;
import org.espalier.runtime.kernel.normalization.FloatLayerNorm;
import org.espalier.runtime.kernel.normalization.Normalization;
import org.espalier.runtime.kernel.pooling.AvgPoolKernel;
import org.espalier.runtime.kernel.pooling.FloatMaxPool;
import org.espalier.runtime.kernel.product.FloatLinear;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.product.MatrixProducts;
import org.espalier.runtime.kernel.recurrence.FloatRecurrence;
import org.espalier.runtime.kernel.recurrence.RecurrentGradients;
import org.espalier.runtime.kernel.recurrence.RecurrentTensors;
import org.espalier.runtime.kernel.reduction.FloatSoftmax;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels of the CPU in single precision: tiled, on all cores, by a native BLAS where there is one. */
final class FloatKernels extends CpuKernels {
    /** Those of the processor that the JVM runs on. */
    static final FloatKernels CPU = new FloatKernels(Gemm.CPU);

    private final Gemm gemm;
    private final ConvolutionKernels convolutions;
    private final FloatLinear linear;

    private FloatKernels(Gemm gemm) {
        super(Movement.ofFloats());
        this.gemm = gemm;
        convolutions = new ConvolutionKernels(gemm);
        linear = new FloatLinear(gemm);
    }

    @Override
    public void convolveToMap(
            INDArray image,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray map,
            Window window,
            Workspace workspace) {
        convolutions.toMap(of(image), of(weight), orNull(bias), of(map), window, workspace);
    }

    @Override
    public void convolveToImage(
            INDArray map,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray image,
            Window window,
            Workspace workspace) {
        convolutions.toImage(of(map), of(weight), orNull(bias), of(image), window, workspace);
    }

    @Override
    public void convolveToWeight(
            INDArray image, INDArray map, INDArray weight, Window window, boolean accumulate, Workspace workspace) {
        convolutions.toWeight(of(image), of(map), of(weight), window, accumulate, workspace);
    }

    @Override
    public void channelBiasBackward(INDArray dY, INDArray dBias, boolean accumulate) {
        linear.backwardChannelBias(of(dY), of(dBias), accumulate);
    }

    @Override
    public void linear(INDArray x, INDArray weight, @Nullable INDArray bias, INDArray y) {
        linear.forward(of(x), of(weight), orNull(bias), of(y));
    }

    @Override
    public void linearBackwardInput(INDArray dY, INDArray weight, INDArray dX) {
        linear.backwardInput(of(dY), of(weight), of(dX));
    }

    @Override
    public void linearBackwardWeight(INDArray x, INDArray dY, INDArray dWeight, boolean accumulate) {
        linear.backwardWeight(of(x), of(dY), of(dWeight), accumulate);
    }

    @Override
    public void linearBackwardBias(INDArray dY, INDArray dBias, boolean accumulate) {
        linear.backwardBias(of(dY), of(dBias), accumulate);
    }

    @Override
    public void matmul(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        MatrixProducts.multiply(gemm, a, b, y, transposeA, transposeB);
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
        Normalization.batchForward(
                of(x),
                orNull(gamma),
                orNull(beta),
                of(runningMean),
                of(runningVar),
                of(mean),
                of(inverseStd),
                of(y),
                eps,
                momentum,
                training,
                epilogues);
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
        Normalization.batchBackward(
                of(x),
                orNull(gamma),
                of(mean),
                of(inverseStd),
                of(dY),
                of(dX),
                orNull(dGamma),
                orNull(dBeta),
                training,
                accumulate,
                epilogues);
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
        Normalization.forward(
                of(x), orNull(gamma), orNull(beta), of(mean), of(inverseStd), of(y), eps, instances, epilogues);
    }

    @Override
    public void groupNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps) {
        if (perElement) {
            FloatLayerNorm.forward(of(x), orNull(gamma), orNull(beta), of(mean), of(inverseStd), of(y), eps);
        } else {
            super.groupNorm(x, gamma, beta, false, mean, inverseStd, y, eps);
        }
    }

    @Override
    public void groupNormBackward(
            INDArray x,
            @Nullable INDArray gamma,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean accumulate) {
        if (perElement) {
            FloatLayerNorm.backward(
                    of(x),
                    orNull(gamma),
                    of(mean),
                    of(inverseStd),
                    of(dY),
                    of(dX),
                    orNull(dGamma),
                    orNull(dBeta),
                    accumulate);
        } else {
            super.groupNormBackward(x, gamma, false, mean, inverseStd, dY, dX, dGamma, dBeta, accumulate);
        }
    }

    @Override
    public void recurrence(RecurrentTensors tensors, INDArray p) {
        new FloatRecurrence(gemm, tensors, p).forward();
    }

    @Override
    public void recurrenceBackwardInput(RecurrentTensors tensors, RecurrentGradients gradients, Workspace workspace) {
        new FloatRecurrence(gemm, tensors, gradients.dP()).backwardInput(gradients, workspace);
    }

    @Override
    public void recurrenceBackwardWeight(
            RecurrentTensors tensors, INDArray dP, boolean accumulate, Workspace workspace) {
        new FloatRecurrence(gemm, tensors, dP).backwardWeight(accumulate, workspace);
    }

    @Override
    public void gruBackwardBias(INDArray kept, INDArray dP, INDArray dBias, boolean accumulate) {
        FloatRecurrence.gruBackwardBias(of(kept), of(dP), of(dBias), accumulate);
    }

    @Override
    public void recurrenceBackwardProjection(
            RecurrentTensors tensors,
            INDArray dY,
            INDArray dP,
            INDArray dProjection,
            boolean accumulate,
            Workspace workspace) {
        new FloatRecurrence(gemm, tensors, dP).backwardProjection(of(dY), of(dProjection), accumulate, workspace);
    }

    @Override
    public void embedding(INDArray x, INDArray weight, INDArray y) {
        FloatEmbedding.forward(x, of(weight), of(y));
    }

    @Override
    public void embeddingBackwardWeight(INDArray x, INDArray dY, INDArray dWeight, int padding, boolean accumulate) {
        FloatEmbedding.backwardWeight(x, of(dY), of(dWeight), padding, accumulate);
    }

    @Override
    public void embeddingBackwardWeight(
            INDArray x, INDArray dY, TableGradient dWeight, int padding, boolean accumulate) {
        FloatEmbedding.backwardWeight(x, of(dY), dWeight, padding, accumulate);
    }

    @Override
    public void normalizeInstancesBy(
            INDArray mean,
            INDArray inverseStd,
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray y) {
        Normalization.instancesBy(of(mean), of(inverseStd), of(x), orNull(gamma), orNull(beta), of(y));
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
        Normalization.instanceBackward(
                of(x),
                orNull(gamma),
                of(mean),
                of(inverseStd),
                of(dY),
                of(dX),
                orNull(dGamma),
                orNull(dBeta),
                ownStatistics,
                accumulate,
                epilogues);
    }

    @Override
    public void maxPool(INDArray x, INDArray y, Window window) {
        FloatMaxPool.forward(of(x), of(y), window);
    }

    @Override
    public void maxPoolBackward(INDArray x, INDArray dY, INDArray dX, Window window) {
        FloatMaxPool.backward(of(x), of(dY), of(dX), window);
    }

    @Override
    public void copyChannels(INDArray from, int fromChannel, INDArray to, int toChannel, int channels) {
        FloatElementwise.copyChannels(of(from), fromChannel, of(to), toChannel, channels);
    }

    @Override
    public void copy(INDArray from, INDArray to) {
        FloatElementwise.copy(of(from), of(to));
    }

    @Override
    public void inOnePass(INDArray x, INDArray y, Epilogue... epilogues) {
        FloatElementwise.run(of(x), of(y), epilogues);
    }

    @Override
    public void drawMask(INDArray mask, double p, RandomStream random) {
        FloatElementwise.mask(of(mask), p, random);
    }

    @Override
    public void multiplyChannels(INDArray x, INDArray mask, INDArray y) {
        FloatElementwise.multiplyChannels(of(x), of(mask), of(y));
    }

    private static Operand of(INDArray array) {
        return Operand.of(array);
    }

    private static @Nullable Operand orNull(@Nullable INDArray array) {
        return array == null ? null : Operand.of(array);
    }

    @Override
    public void avgPool(INDArray x, INDArray y, AvgPoolKernel.Spans windows) {
        AvgPoolKernel.forward(Operand.of(x), Operand.of(y), windows);
    }

    @Override
    public void avgPoolBackward(INDArray dY, INDArray dX, AvgPoolKernel.Spans windows) {
        AvgPoolKernel.backward(Operand.of(dY), Operand.of(dX), windows);
    }

    @Override
    public void softmax(INDArray x, INDArray y, int axis, boolean log) {
        FloatSoftmax.forward(x, y, axis, log);
    }

    @Override
    public void softmaxBackward(INDArray y, INDArray dY, INDArray dX, int axis, boolean log) {
        FloatSoftmax.backward(y, dY, dX, axis, log);
    }

    @Override
    public void attentionWeights(INDArray x, INDArray y, double scale, boolean causal) {
        FloatSoftmax.weights(x, y, scale, causal);
    }

    @Override
    public void attentionWeightsBackward(INDArray y, INDArray dY, INDArray dX, double scale) {
        FloatSoftmax.weightsBackward(y, dY, dX, scale);
    }
}
