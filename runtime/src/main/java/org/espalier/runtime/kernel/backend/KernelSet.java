package org.espalier.runtime.kernel.backend;

import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.movement.PadAndUpsample;
import org.espalier.runtime.kernel.movement.Resizing;
import org.espalier.runtime.kernel.pooling.AvgPoolKernel;
import org.espalier.runtime.kernel.recurrence.RecurrentGradients;
import org.espalier.runtime.kernel.recurrence.RecurrentTensors;
import org.espalier.runtime.kernel.reduction.Reduction;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All kernels of one backend in one precision. What each computes, and of which shapes, is said where generated classes
 * call it, in {@code Kernels} and its neighbours; a kernel here may have several names there.
 *
 * <p>There are two: {@link FloatKernels} on the CPU, and {@link ReferenceKernels}, plain loops in double precision that
 * the first is tested against. {@link #of} decides which an array needs. A backend whose arrays lie elsewhere, on a
 * GPU, is another implementation, and a third answer of that method.
 */
public interface KernelSet {
    /** The kernels for an array, and so for all arrays of a call. */
    static KernelSet of(INDArray array) {
        return Operand.strided(array).isFloat ? FloatKernels.CPU : ReferenceKernels.CPU;
    }

    // Of the three arrays that a convolution relates, two give the third: map = W * image.

    /** Computes the map: a convolution, or the gradient by the input of a transposed one. */
    void convolveToMap(
            INDArray image, INDArray weight, @Nullable INDArray bias, INDArray map, Window window, Workspace workspace);

    /** Computes the image: a transposed convolution, or the gradient by the input of a convolution. */
    void convolveToImage(
            INDArray map, INDArray weight, @Nullable INDArray bias, INDArray image, Window window, Workspace workspace);

    /** Computes the gradient by the weight of either. */
    void convolveToWeight(
            INDArray image, INDArray map, INDArray weight, Window window, boolean accumulate, Workspace workspace);

    /** Sums a gradient over all but its channels. */
    void channelBiasBackward(INDArray dY, INDArray dBias, boolean accumulate);

    /** y = x Wᵀ + b. */
    void linear(INDArray x, INDArray weight, @Nullable INDArray bias, INDArray y);

    /** dX = dY W. */
    void linearBackwardInput(INDArray dY, INDArray weight, INDArray dX);

    /** dW = dYᵀ x. */
    void linearBackwardWeight(INDArray x, INDArray dY, INDArray dWeight, boolean accumulate);

    /** Sums a gradient over all but its last axis. */
    void linearBackwardBias(INDArray dY, INDArray dBias, boolean accumulate);

    /** y = a b, either transposed. */
    void matmul(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB);

    /** Normalizes channels over the batch. */
    void batchNorm(
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
            Epilogue... epilogues);

    /** The gradients of {@link #batchNorm}. */
    void batchNormBackward(
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
            Epilogue... epilogues);

    /** Normalizes channels by the statistics of what is given alone: of each sample, or of the batch. */
    void normalize(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            boolean instances,
            Epilogue... epilogues);

    /** Normalizes the channels of each sample by given statistics. */
    void normalizeInstancesBy(
            INDArray mean,
            INDArray inverseStd,
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray y);

    /** The gradients of {@link #normalize} of each sample. */
    void instanceNormBackward(
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
            Epilogue... epilogues);

    /**
     * Normalizes groups of each sample.
     *
     * @param perElement whether γ and β are of each element of a group, as in a layer normalization, or of each channel
     */
    void groupNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps);

    /** The gradients of {@link #groupNorm}. */
    void groupNormBackward(
            INDArray x,
            @Nullable INDArray gamma,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean accumulate);

    /** The largest element of each window. */
    void maxPool(INDArray x, INDArray y, Window window);

    /** The gradient of {@link #maxPool}. */
    void maxPoolBackward(INDArray x, INDArray dY, INDArray dX, Window window);

    /** The mean of each window. */
    void avgPool(INDArray x, INDArray y, AvgPoolKernel.Spans windows);

    /** The gradient of {@link #avgPool}. */
    void avgPoolBackward(INDArray dY, INDArray dX, AvgPoolKernel.Spans windows);

    /** The largest element of each part. */
    void adaptiveMaxPool(INDArray x, INDArray y);

    /** The gradient of {@link #adaptiveMaxPool}. */
    void adaptiveMaxPoolBackward(INDArray x, INDArray dY, INDArray dX);

    /** The places of the largest elements of windows. */
    void maxPoolIndices(INDArray x, INDArray indices, Window window);

    /** The places of the largest elements of parts. */
    void adaptiveMaxPoolIndices(INDArray x, INDArray indices);

    /** Elements at the places that a max pool took them from. */
    void maxUnpool(INDArray x, INDArray indices, INDArray y);

    /** The gradient of {@link #maxUnpool}. */
    void maxUnpoolBackward(INDArray dY, INDArray indices, INDArray dX);

    /** Copies elements to one or more places of a larger array each. */
    void padOrUpsample(INDArray x, INDArray y, PadAndUpsample places);

    /** The gradient of {@link #padOrUpsample}. */
    void padOrUpsampleBackward(INDArray dY, INDArray dX, PadAndUpsample places);

    /** Interpolates between the elements of x. */
    void resize(INDArray x, INDArray y, Resizing places);

    /** The gradient of {@link #resize}. */
    void resizeBackward(INDArray dY, INDArray dX, Resizing places);

    /** A row of a table for each whole number. */
    void embedding(INDArray x, INDArray weight, INDArray y);

    /** The gradient of {@link #embedding} by the table. */
    void embeddingBackwardWeight(INDArray x, INDArray dY, INDArray dWeight, int padding, boolean accumulate);

    /** The same, of a table whose rows are kept in mind. */
    default void embeddingBackwardWeight(
            INDArray x, INDArray dY, TableGradient dWeight, int padding, boolean accumulate) {
        dWeight.writtenWhole();
        embeddingBackwardWeight(x, dY, dWeight.array(), padding, accumulate);
    }

    /** Runs a cell over a sequence. */
    void recurrence(RecurrentTensors tensors, INDArray p);

    /** The gradients of {@link #recurrence} by p and by initial states. */
    void recurrenceBackwardInput(RecurrentTensors tensors, RecurrentGradients gradients, Workspace workspace);

    /** The gradient of {@link #recurrence} by the weight of the state, which the tensors have in its place. */
    void recurrenceBackwardWeight(RecurrentTensors tensors, INDArray dP, boolean accumulate, Workspace workspace);

    /** The gradient of {@link #recurrence} by the projection of an LSTM. */
    void recurrenceBackwardProjection(
            RecurrentTensors tensors,
            INDArray dY,
            INDArray dP,
            INDArray dProjection,
            boolean accumulate,
            Workspace workspace);

    /** The gradient of a GRU by the bias of the state. */
    void gruBackwardBias(INDArray kept, INDArray dP, INDArray dBias, boolean accumulate);

    /** Puts axes in another order. */
    void permute(INDArray x, INDArray y, int... order);

    /** Softmax of scaled rows, of which row i of a matrix has only its first i + 1 elements if they are causal. */
    void attentionWeights(INDArray x, INDArray y, double scale, boolean causal);

    /** The gradient of {@link #attentionWeights}. */
    void attentionWeightsBackward(INDArray y, INDArray dY, INDArray dX, double scale);

    /** Copies {@code count} slices along an axis that is not the batch. */
    void copyAlong(INDArray from, int fromPlace, INDArray to, int toPlace, int axis, int count);

    /** Sets {@code count} slices along an axis that is not the batch to 0. */
    void clearAlong(INDArray array, int place, int axis, int count);

    /** Copies channels, unless they lie there already. */
    void copyChannels(INDArray from, int fromChannel, INDArray to, int toChannel, int channels);

    /** Copies elements in 'c' order, between any shapes. */
    void copy(INDArray from, INDArray to);

    /** y = x after some epilogues, in one pass over memory. */
    void inOnePass(INDArray x, INDArray y, Epilogue... epilogues);

    /** Makes dropout an epilogue, which draws its mask. */
    Epilogue dropout(INDArray mask, double p, RandomStream random);

    /** Draws a mask of dropout. */
    void drawMask(INDArray mask, double p, RandomStream random);

    /** Alpha dropout, which draws its mask. */
    void alphaDropout(INDArray x, INDArray mask, INDArray y, double p, RandomStream random);

    /** A leaky rectifier, which draws its slopes while training. */
    void rrelu(
            INDArray x, INDArray slope, INDArray y, double lower, double upper, boolean training, RandomStream random);

    /** The gradient of {@link #rrelu}. */
    void rreluBackward(INDArray slope, INDArray dY, INDArray dX);

    /** y[n, c] = x[n, c] · mask[n, c]. */
    void multiplyChannels(INDArray x, INDArray mask, INDArray y);

    /** Reduces x along the axes along which y has one element. */
    void reduce(Reduction kind, INDArray x, INDArray y);

    /** The gradient of the largest or smallest element. */
    void reduceExtremumBackward(INDArray x, INDArray y, INDArray dY, INDArray dX);

    /** The gradient of a product. */
    void reduceProductBackward(INDArray x, INDArray y, INDArray dY, INDArray dX);

    /**
     * Softmax along an axis.
     *
     * @param axis which, counted with the samples, which it is not
     * @param log whether the logarithm is taken of it
     */
    void softmax(INDArray x, INDArray y, int axis, boolean log);

    /** Writes whole numbers as floating-point ones. */
    void toFloat(INDArray x, INDArray y);

    /** Takes elements along an axis by whole numbers that all lines share. */
    void indexSelect(INDArray x, INDArray index, INDArray y, int axis);

    /** The gradient of {@link #indexSelect}. */
    void indexSelectBackward(INDArray dY, INDArray index, INDArray dX, int axis);

    /** Takes elements along an axis by a whole number for each element of the result. */
    void gather(INDArray x, INDArray index, INDArray y, int axis);

    /** The gradient of {@link #gather}. */
    void gatherBackward(INDArray dY, INDArray index, INDArray dX, int axis);

    /** The gradient of {@link #softmax}. */
    void softmaxBackward(INDArray y, INDArray dY, INDArray dX, int axis, boolean log);
}
