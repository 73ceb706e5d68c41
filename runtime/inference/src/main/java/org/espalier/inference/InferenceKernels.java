package org.espalier.inference;

import org.espalier.inference.convolution.ForwardConvolution;
import org.espalier.inference.convolution.ForwardTransposed;
import org.espalier.inference.convolution.ResultWork;
import org.espalier.inference.convolution.Sliding;
import org.espalier.inference.curve.Normal;
import org.espalier.inference.forward.ElementwiseLoops;
import org.espalier.inference.forward.ForwardMovement;
import org.espalier.inference.forward.ForwardNormalization;
import org.espalier.inference.forward.ForwardPools;
import org.espalier.inference.forward.ForwardReduction;
import org.espalier.inference.forward.ForwardResize;
import org.espalier.inference.forward.ForwardSpread;
import org.espalier.inference.forward.InferenceFormula;
import org.espalier.inference.forward.ResizedAxis;
import org.espalier.inference.product.ForwardLinear;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.IntTensor;
import org.jspecify.annotations.Nullable;

/**
 * Operations of a forward pass, which generated classes call. Operands come first, then what is written, then
 * constants; images are [channels, height, width] behind the batch axis.
 */
public final class InferenceKernels {
    private InferenceKernels() {}

    /** The axes of a result along which the first axes of operands lie. */
    public static int[] axes(int... axes) {
        return axes;
    }

    /** Convolves images. */
    public static void conv2d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, bias, y, window, epilogues);
    }

    /** Convolves images, without a bias. */
    public static void conv2d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, null, y, window, epilogues);
    }

    /** Convolves images, transposed. */
    public static void convTranspose2d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, bias, y, window, epilogues);
    }

    /** Convolves images, transposed, without a bias. */
    public static void convTranspose2d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, null, y, window, epilogues);
    }

    /** Takes the largest element of each window of images. */
    public static void maxPool2d(FloatTensor x, FloatTensor y, Sliding window) {
        ForwardPools.max(x, y, window);
    }

    /** Takes the mean of each window of images. */
    public static void avgPool2d(FloatTensor x, FloatTensor y, Sliding window, boolean countsPadding) {
        ForwardPools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of images by a number. */
    public static void avgPool2d(FloatTensor x, FloatTensor y, Sliding window, int divisor) {
        ForwardPools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of images. */
    public static void adaptiveAvgPool2d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MEAN);
    }

    /** Takes the largest element of each part of images. */
    public static void adaptiveMaxPool2d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MAX);
    }

    /** Puts zeros around images. */
    public static void zeroPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardSpread.pad(x, y, 0, top, left);
    }

    /** Puts a number around images. */
    public static void constantPad2d(
            FloatTensor x, FloatTensor y, int top, int bottom, int left, int right, double value) {
        ForwardSpread.pad(x, y, (float) value, top, left);
    }

    /** Mirrors images at their edges. */
    public static void reflectionPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardSpread.reflect(x, y, top, left);
    }

    /** Repeats the edges of images. */
    public static void replicationPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardSpread.replicate(x, y, top, left);
    }

    /** Repeats images. */
    public static void circularPad2d(FloatTensor x, FloatTensor y, int top, int bottom, int left, int right) {
        ForwardSpread.wrap(x, y, top, left);
    }

    /** Repeats each element along the last axes. */
    public static void upsample(FloatTensor x, FloatTensor y, int... times) {
        ForwardSpread.repeat(x, y, times);
    }

    /** Takes the element at ⌊ratio·i⌋ along the last axes. */
    public static void resizeNearest(FloatTensor x, FloatTensor y, double... ratios) {
        ForwardResize.forward(x, y, ResizedAxis.NEAREST, ratios);
    }

    /** Takes the element at ⌊ratio·(i + ½)⌋ along the last axes. */
    public static void resizeNearestExact(FloatTensor x, FloatTensor y, double... ratios) {
        ForwardResize.forward(x, y, ResizedAxis.NEAREST_EXACT, ratios);
    }

    /** Draws lines between neighbours. */
    public static void resizeLinear(FloatTensor x, FloatTensor y, boolean align, double... ratios) {
        ForwardResize.forward(x, y, ResizedAxis.linear(align), ratios);
    }

    /** Draws cubic curves between neighbours. */
    public static void resizeCubic(FloatTensor x, FloatTensor y, boolean align, double... ratios) {
        ForwardResize.forward(x, y, ResizedAxis.cubic(align), ratios);
    }

    /** Computes y = x Wᵀ + b for each row. */
    public static void linear(FloatTensor x, FloatTensor weight, FloatTensor bias, FloatTensor y) {
        ForwardLinear.forward(x, weight, bias, y);
    }

    /** Computes y = x Wᵀ for each row. */
    public static void linear(FloatTensor x, FloatTensor weight, FloatTensor y) {
        ForwardLinear.forward(x, weight, null, y);
    }

    /** Multiplies matrices, either of which may lie transposed. */
    public static void matmul(FloatTensor a, FloatTensor b, FloatTensor y, boolean transposeA, boolean transposeB) {
        ForwardLinear.matmul(a, b, y, transposeA, transposeB);
    }

    /** Adds a tensor to a convolution. */
    public static ResultWork plus(FloatTensor tensor) {
        return new ResultWork(null, tensor, null);
    }

    /** Adds two tensors. */
    public static void add(FloatTensor a, FloatTensor b, FloatTensor sum) {
        ElementwiseLoops.forward(sum, new int[2], InferenceKernels::sum, a, b);
    }

    /** Applies a formula to the elements at each place of tensors of one shape. */
    public static void elementwise(FloatTensor x, FloatTensor y, InferenceFormula f, FloatTensor... others) {
        FloatTensor[] operands = new FloatTensor[others.length + 1];
        operands[0] = x;
        System.arraycopy(others, 0, operands, 1, others.length);
        ElementwiseLoops.forward(y, new int[operands.length], f, operands);
    }

    /** Applies a formula to the elements at each place of tensors that are repeated along y. */
    public static void elementwise(FloatTensor y, int[] axes, InferenceFormula f, FloatTensor... operands) {
        ElementwiseLoops.forward(y, axes, f, operands);
    }

    /** Computes the sum along the axes that y has one element along. */
    public static void reduceSum(FloatTensor x, FloatTensor y) {
        ForwardReduction.sum(x, y);
    }

    /** Computes the mean along the axes that y has one element along. */
    public static void reduceMean(FloatTensor x, FloatTensor y) {
        ForwardReduction.mean(x, y);
    }

    /** Computes the largest element along the axes that y has one element along. */
    public static void reduceMax(FloatTensor x, FloatTensor y) {
        ForwardReduction.max(x, y);
    }

    /** Computes the smallest element along the axes that y has one element along. */
    public static void reduceMin(FloatTensor x, FloatTensor y) {
        ForwardReduction.min(x, y);
    }

    /** Computes the product along the axes that y has one element along. */
    public static void reduceProduct(FloatTensor x, FloatTensor y) {
        ForwardReduction.product(x, y);
    }

    /** Computes the logarithm of the sum of exponentials along the axes that y has one element along. */
    public static void reduceLogSumExp(FloatTensor x, FloatTensor y) {
        ForwardReduction.logSumExp(x, y);
    }

    /** Computes the square root of the sum of squares along the axes that y has one element along. */
    public static void reduceNorm(FloatTensor x, FloatTensor y) {
        ForwardReduction.norm(x, y);
    }

    /** Puts parts one after the other along axis 1. */
    public static void concat(FloatTensor y, FloatTensor... parts) {
        concat(y, 1, parts);
    }

    /** Puts parts one after the other along an axis. */
    public static void concat(FloatTensor y, int axis, FloatTensor... parts) {
        int from = 0;
        for (FloatTensor part : parts) {
            ForwardMovement.part(y, part, axis, from, true);
            from += part.size(axis);
        }
    }

    /** Copies parts along an axis. */
    public static void slice(FloatTensor x, int axis, int[] from, FloatTensor... parts) {
        for (int i = 0; i < parts.length; i++) {
            ForwardMovement.part(x, parts[i], axis, from[i], false);
        }
    }

    /** Copies elements in their order. */
    public static void copy(FloatTensor from, FloatTensor to) {
        ForwardMovement.copy(from, to);
    }

    /** Puts axes in another order. */
    public static void permute(FloatTensor x, FloatTensor y, int... order) {
        ForwardMovement.permute(x, y, order);
    }

    /** Takes elements along an axis by whole numbers. */
    public static void indexSelect(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        ForwardMovement.indexSelect(x, index, y, axis);
    }

    /** Writes whole numbers as floating-point ones. */
    public static void toFloat(IntTensor x, FloatTensor y) {
        ForwardMovement.toFloat(x, y);
    }

    /** Takes an element along an axis for each place of an index. */
    public static void gather(FloatTensor x, IntTensor index, FloatTensor y, int axis) {
        ForwardMovement.gather(x, index, y, axis);
    }

    /** Takes a row of the weights for each whole number. */
    public static void embedding(IntTensor x, FloatTensor weight, FloatTensor y) {
        ForwardMovement.embedding(x, weight, y);
    }

    /** Normalizes each channel by the statistics of the whole batch. */
    public static void batchNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofBatch(x, gamma, beta, y, eps);
    }

    /** Normalizes each channel of each sample. */
    public static void instanceNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofChannels(x, gamma, beta, y, x.sizes[0], eps);
    }

    /** Normalizes groups of channels of each sample, as many as there are means. */
    public static void groupNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofChannels(x, gamma, beta, y, mean.elements, eps);
    }

    /** Normalizes runs of the last elements of each sample, as many as there are means. */
    public static void layerNorm(
            FloatTensor x,
            @Nullable FloatTensor gamma,
            @Nullable FloatTensor beta,
            FloatTensor mean,
            FloatTensor inverseStd,
            FloatTensor y,
            double eps) {
        ForwardNormalization.ofElements(x, gamma, beta, y, x.elements / mean.elements, eps);
    }

    /** Finds the places of the largest elements of the windows of images. */
    public static void maxPool2dIndices(FloatTensor x, FloatTensor indices, Sliding window) {
        ForwardPools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of images. */
    public static void adaptiveMaxPool2dIndices(FloatTensor x, FloatTensor indices) {
        ForwardPools.adaptive(x, indices, ForwardPools.Of.PLACE);
    }

    /** Puts elements at the places that max pooling took them from, and 0 elsewhere. */
    public static void maxUnpool(FloatTensor x, FloatTensor indices, FloatTensor y) {
        ForwardPools.unpool(x, (sample, element) -> (int) indices.data()[indices.at(sample) + element], y);
    }

    /** Puts elements at places that are given as whole numbers, and 0 elsewhere. */
    public static void maxUnpool(FloatTensor x, IntTensor indices, FloatTensor y) {
        ForwardPools.unpool(x, (sample, element) -> indices.data()[sample * x.elements + element], y);
    }

    /** The sign of a number, 0 of 0 and NaN of NaN. */
    public static float sign(float x) {
        return Math.signum(x);
    }

    /** The error function. */
    public static float erf(float x) {
        return (float) Normal.erf(x);
    }

    /** 1 above 0, 0 elsewhere, NaN for NaN. */
    public static float step(float x) {
        return Math.max(0, Math.signum(x));
    }

    private static void sum(float[][] operands, float[] y, int n) {
        float[] a = operands[0];
        float[] b = operands[1];
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i];
        }
    }
}
