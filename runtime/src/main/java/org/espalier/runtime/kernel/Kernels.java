package org.espalier.runtime.kernel;

import java.util.Arrays;
import org.espalier.inference.forward.ResizedAxis;
import org.espalier.runtime.kernel.backend.KernelSet;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.movement.PadAndUpsample;
import org.espalier.runtime.kernel.movement.Resizing;
import org.espalier.runtime.kernel.pooling.AvgPoolKernel;
import org.espalier.runtime.kernel.reduction.Reduction;
import org.espalier.runtime.kernel.window.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The kernels that generated classes call, each of which goes to the {@link KernelSet} of its arrays: each kernel reads
 * some arrays and fills others, the last ones given.
 *
 * <p>All arrays of a call have one type, FLOAT or DOUBLE, and are in 'c' order. Activations and their gradients are
 * [batch, channels, height, width], or [batch, …, features] for linear layers; each may be a slice of channels of a
 * larger array. Parameters, statistics and masks are contiguous. Shapes are the caller's affair: a generated class has
 * checked them when it was compiled, and its inputs when they were given.
 *
 * <p>Kernels that take {@link Epilogue}s do them on the way.
 *
 * <p>Where a parameter's gradient is written, {@code accumulate} says whether to add to what is there. Element-wise
 * kernels and their backwards may be given one array as operand and result.
 *
 * <p>NaN in, NaN out: no kernel turns a NaN into a number, except that a maximum of several is NaN if one of them is.
 * Results are the same, to the bit, in every run on the same machine.
 */
public final class Kernels {
    private Kernels() {}

    /**
     * Convolution, as cross-correlation: y[n, o, i, j] = b[o] + Σ x[n, c, i·stride − padding + p·dilation, …] W[o, c,
     * p, q].
     *
     * @param x [batch, in, H, W]
     * @param weight [out, in, kH, kW], or [out, in/groups, kH, kW], where each group of outputs sees its group of
     *     inputs
     * @param bias [out]
     * @param y [batch, out, h, w]
     */
    public static void conv2d(
            INDArray x, INDArray weight, INDArray bias, INDArray y, Window window, Workspace workspace) {
        of(x).convolveToMap(x, weight, bias, y, window, workspace);
    }

    /** {@link #conv2d(INDArray, INDArray, INDArray, INDArray, Window, Workspace)} without bias. */
    public static void conv2d(INDArray x, INDArray weight, INDArray y, Window window, Workspace workspace) {
        of(x).convolveToMap(x, weight, null, y, window, workspace);
    }

    /** The gradient of a convolution by its input: dX [batch, in, H, W] from dY [batch, out, h, w]. */
    public static void conv2dBackwardInput(
            INDArray dY, INDArray weight, INDArray dX, Window window, Workspace workspace) {
        of(dY).convolveToImage(dY, weight, null, dX, window, workspace);
    }

    /** The gradient of a convolution by its weight: dW [out, in, kH, kW] from x and dY. */
    public static void conv2dBackwardWeight(
            INDArray x, INDArray dY, INDArray dWeight, Window window, boolean accumulate, Workspace workspace) {
        of(x).convolveToWeight(x, dY, dWeight, window, accumulate, workspace);
    }

    /**
     * Transposed convolution, the adjoint of {@link #conv2d} by the same window, plus bias: y[n, o, i·stride − padding
     * + p·dilation, …] = b[o] + Σ x[n, c, i, j] W[c, o, p, q].
     *
     * @param x [batch, in, h, w]
     * @param weight [in, out, kH, kW]
     * @param bias [out]
     * @param y [batch, out, H, W]
     */
    public static void convTranspose2d(
            INDArray x, INDArray weight, INDArray bias, INDArray y, Window window, Workspace workspace) {
        of(x).convolveToImage(x, weight, bias, y, window, workspace);
    }

    /** {@link #convTranspose2d(INDArray, INDArray, INDArray, INDArray, Window, Workspace)} without bias. */
    public static void convTranspose2d(INDArray x, INDArray weight, INDArray y, Window window, Workspace workspace) {
        of(x).convolveToImage(x, weight, null, y, window, workspace);
    }

    /** The gradient of a transposed convolution by its input: dX [batch, in, h, w] from dY [batch, out, H, W]. */
    public static void convTranspose2dBackwardInput(
            INDArray dY, INDArray weight, INDArray dX, Window window, Workspace workspace) {
        of(dY).convolveToMap(dY, weight, null, dX, window, workspace);
    }

    /** The gradient of a transposed convolution by its weight: dW [in, out, kH, kW] from x and dY. */
    public static void convTranspose2dBackwardWeight(
            INDArray x, INDArray dY, INDArray dWeight, Window window, boolean accumulate, Workspace workspace) {
        of(dY).convolveToWeight(dY, x, dWeight, window, accumulate, workspace);
    }

    /** The gradient by a bias per channel: db[c] = Σ over batch, height and width of dY[:, c]. */
    public static void channelBiasBackward(INDArray dY, INDArray dBias, boolean accumulate) {
        of(dY).channelBiasBackward(dY, dBias, accumulate);
    }

    /**
     * y = x Wᵀ + b along the last axis.
     *
     * @param x [batch, in], or [batch, …, in]
     * @param weight [out, in]
     * @param bias [out]
     * @param y [batch, out], or [batch, …, out]
     */
    public static void linear(INDArray x, INDArray weight, INDArray bias, INDArray y) {
        of(x).linear(x, weight, bias, y);
    }

    /** y = x Wᵀ. */
    public static void linear(INDArray x, INDArray weight, INDArray y) {
        of(x).linear(x, weight, null, y);
    }

    /**
     * y[n, …] = W[x[n, …]]: a row of W for each whole number.
     *
     * @param x [batch, …], INT, each from 0 to below the rows of W
     * @param weight [rows, columns]
     * @param y [batch, …, columns]
     */
    public static void embedding(INDArray x, INDArray weight, INDArray y) {
        of(weight).embedding(x, weight, y);
    }

    /**
     * dW[r] = Σ dY[n, …] over the places where x[n, …] = r, in their order, and 0 of the rows that do not occur.
     *
     * @param padding the row that gets nothing; −1 if every row does
     */
    public static void embeddingBackwardWeight(
            INDArray x, INDArray dY, INDArray dWeight, int padding, boolean accumulate) {
        of(dY).embeddingBackwardWeight(x, dY, dWeight, padding, accumulate);
    }

    /** The same, which leaves rows alone that do not occur, and are 0 already. */
    public static void embeddingBackwardWeight(
            INDArray x, INDArray dY, TableGradient dWeight, int padding, boolean accumulate) {
        of(dY).embeddingBackwardWeight(x, dY, dWeight, padding, accumulate);
    }

    /** dX = dY W. */
    public static void linearBackwardInput(INDArray dY, INDArray weight, INDArray dX) {
        of(dY).linearBackwardInput(dY, weight, dX);
    }

    /** dW = dYᵀ x. */
    public static void linearBackwardWeight(INDArray x, INDArray dY, INDArray dWeight, boolean accumulate) {
        of(x).linearBackwardWeight(x, dY, dWeight, accumulate);
    }

    /** db = Σ of dY over the batch and every axis but the last. */
    public static void linearBackwardBias(INDArray dY, INDArray dBias, boolean accumulate) {
        of(dY).linearBackwardBias(dY, dBias, accumulate);
    }

    /**
     * The largest element of each window; padding never wins, NaN always.
     *
     * @param x [batch, channels, H, W]
     * @param y [batch, channels, h, w]
     * @throws IllegalArgumentException if a window lies in the padding alone
     */
    public static void maxPool2d(INDArray x, INDArray y, Window window) {
        of(x).maxPool(x, y, window);
    }

    /** Sends each dY to the first largest element of its window, or to the last NaN. */
    public static void maxPool2dBackward(INDArray x, INDArray dY, INDArray dX, Window window) {
        of(x).maxPoolBackward(x, dY, dX, window);
    }

    /** The places of the elements that max pooling takes, row · W + column of each channel. */
    public static void maxPool2dIndices(INDArray x, INDArray indices, Window window) {
        of(x).maxPoolIndices(x, indices, window);
    }

    /** The places of the elements that adaptive max pooling takes, row · W + column of each channel. */
    public static void adaptiveMaxPool2dIndices(INDArray x, INDArray indices) {
        of(x).adaptiveMaxPoolIndices(x, indices);
    }

    /**
     * Puts elements at the places of a channel that a max pool took them from, and 0 elsewhere.
     *
     * @param indices the places, as large as x: INT, or as x is
     * @throws IllegalArgumentException if one is not a place of a channel of y
     */
    public static void maxUnpool(INDArray x, INDArray indices, INDArray y) {
        of(x).maxUnpool(x, indices, y);
    }

    /** Takes the gradients of {@link #maxUnpool} from where its elements went. */
    public static void maxUnpoolBackward(INDArray dY, INDArray indices, INDArray dX) {
        of(dY).maxUnpoolBackward(dY, indices, dX);
    }

    /**
     * The mean of each window. Its elements are counted with the padding, as zeros, or without.
     *
     * @param x [batch, channels, H, W]
     * @param y [batch, channels, h, w]
     */
    public static void avgPool2d(INDArray x, INDArray y, Window window, boolean countsPadding) {
        of(x).avgPool(x, y, AvgPoolKernel.Spans.of(operand(x), operand(y), window, countsPadding));
    }

    /** Spreads each dY evenly over its window. */
    public static void avgPool2dBackward(INDArray dY, INDArray dX, Window window, boolean countsPadding) {
        of(dY).avgPoolBackward(dY, dX, AvgPoolKernel.Spans.of(operand(dX), operand(dY), window, countsPadding));
    }

    /** The sum of each window divided by a number. */
    public static void avgPool2d(INDArray x, INDArray y, Window window, int divisor) {
        of(x).avgPool(
                        x,
                        y,
                        AvgPoolKernel.Spans.of(operand(x), operand(y), window, true)
                                .dividedBy(divisor));
    }

    /** Spreads each dY, divided by a number, over its window. */
    public static void avgPool2dBackward(INDArray dY, INDArray dX, Window window, int divisor) {
        of(dY).avgPoolBackward(
                        dY,
                        dX,
                        AvgPoolKernel.Spans.of(operand(dX), operand(dY), window, true)
                                .dividedBy(divisor));
    }

    /**
     * The mean of each part of x, cut into as many rows and columns as y has: row i of y is the mean of the rows from
     * ⌊i·H/h⌋ to ⌈(i + 1)·H/h⌉ of x.
     *
     * @param x [batch, channels, H, W]
     * @param y [batch, channels, h, w]
     */
    public static void adaptiveAvgPool2d(INDArray x, INDArray y) {
        of(x).avgPool(x, y, AvgPoolKernel.Spans.of(operand(x), operand(y)));
    }

    /** Spreads each dY evenly over its part of dX. */
    public static void adaptiveAvgPool2dBackward(INDArray dY, INDArray dX) {
        of(dY).avgPoolBackward(dY, dX, AvgPoolKernel.Spans.of(operand(dX), operand(dY)));
    }

    /** The largest element of each part of x, cut as by {@link #adaptiveAvgPool2d}; NaN always wins. */
    public static void adaptiveMaxPool2d(INDArray x, INDArray y) {
        of(x).adaptiveMaxPool(x, y);
    }

    /** Sends each dY to the first largest element of its part, or to the last NaN. */
    public static void adaptiveMaxPool2dBackward(INDArray x, INDArray dY, INDArray dX) {
        of(x).adaptiveMaxPoolBackward(x, dY, dX);
    }

    /**
     * Each row and each column several times, or each element of a sequence, or each slice of a volume too.
     *
     * @param x [batch, channels, H, W]
     * @param y [batch, channels, times[0] · H, times[1] · W]
     */
    public static void upsample(INDArray x, INDArray y, int... times) {
        of(x).padOrUpsample(x, y, PadAndUpsample.nearest(operand(x), operand(y), times));
    }

    /** Adds up dY where each element of x went. */
    public static void upsampleBackward(INDArray dY, INDArray dX, int... times) {
        of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.nearest(operand(dX), operand(dY), times));
    }

    /** The element at ⌊ratio·i⌋ of x along each axis behind the channels. */
    public static void resizeNearest(INDArray x, INDArray y, double... ratios) {
        of(x).resize(x, y, Resizing.of(operand(x), operand(y), ResizedAxis.NEAREST, ratios));
    }

    /** dX = the sum of dY over where each element went. */
    public static void resizeNearestBackward(INDArray dY, INDArray dX, double... ratios) {
        of(dY).resizeBackward(dY, dX, Resizing.of(operand(dX), operand(dY), ResizedAxis.NEAREST, ratios));
    }

    /** The element at ⌊ratio·(i + 1/2)⌋ of x along each axis behind the channels. */
    public static void resizeNearestExact(INDArray x, INDArray y, double... ratios) {
        of(x).resize(x, y, Resizing.of(operand(x), operand(y), ResizedAxis.NEAREST_EXACT, ratios));
    }

    /** dX = the sum of dY over where each element went. */
    public static void resizeNearestExactBackward(INDArray dY, INDArray dX, double... ratios) {
        of(dY).resizeBackward(dY, dX, Resizing.of(operand(dX), operand(dY), ResizedAxis.NEAREST_EXACT, ratios));
    }

    /**
     * Linear interpolation of x at ratio·(i + 1/2) − 1/2 along each axis behind the channels.
     *
     * @param align at ratio·i instead
     */
    public static void resizeLinear(INDArray x, INDArray y, boolean align, double... ratios) {
        of(x).resize(x, y, Resizing.of(operand(x), operand(y), ResizedAxis.linear(align), ratios));
    }

    /** dX = the sum of dY by the weights that each element had. */
    public static void resizeLinearBackward(INDArray dY, INDArray dX, boolean align, double... ratios) {
        of(dY).resizeBackward(dY, dX, Resizing.of(operand(dX), operand(dY), ResizedAxis.linear(align), ratios));
    }

    /**
     * Cubic convolution with −3/4 (Keys, 1981) of x at ratio·(i + 1/2) − 1/2 along each axis behind the channels.
     *
     * @param align at ratio·i instead
     */
    public static void resizeCubic(INDArray x, INDArray y, boolean align, double... ratios) {
        of(x).resize(x, y, Resizing.of(operand(x), operand(y), ResizedAxis.cubic(align), ratios));
    }

    /** dX = the sum of dY by the weights that each element had. */
    public static void resizeCubicBackward(INDArray dY, INDArray dX, boolean align, double... ratios) {
        of(dY).resizeBackward(dY, dX, Resizing.of(operand(dX), operand(dY), ResizedAxis.cubic(align), ratios));
    }

    /**
     * Zeros around the image.
     *
     * @param x [batch, channels, H, W]
     * @param y [batch, channels, top + H + bottom, left + W + right]
     */
    public static void zeroPad2d(INDArray x, INDArray y, int top, int bottom, int left, int right) {
        requirePadded(x, y, top + bottom, left + right);
        of(x).padOrUpsample(x, y, PadAndUpsample.constant(operand(x), operand(y), 0, top, left));
    }

    /** Adds up dY where each element of x went. */
    public static void zeroPad2dBackward(INDArray dY, INDArray dX, int top, int bottom, int left, int right) {
        requirePadded(dX, dY, top + bottom, left + right);
        of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.constant(operand(dX), operand(dY), 0, top, left));
    }

    /** As {@link #zeroPad2d}, with another number than 0. */
    public static void constantPad2d(INDArray x, INDArray y, int top, int bottom, int left, int right, double value) {
        requirePadded(x, y, top + bottom, left + right);
        of(x).padOrUpsample(x, y, PadAndUpsample.constant(operand(x), operand(y), value, top, left));
    }

    /** Adds up dY where each element of x went. */
    public static void constantPad2dBackward(
            INDArray dY, INDArray dX, int top, int bottom, int left, int right, double value) {
        zeroPad2dBackward(dY, dX, top, bottom, left, right);
    }

    /** The image repeated around itself; it is no smaller than the padding. */
    public static void circularPad2d(INDArray x, INDArray y, int top, int bottom, int left, int right) {
        requirePadded(x, y, top + bottom, left + right);
        of(x).padOrUpsample(x, y, PadAndUpsample.circular(operand(x), operand(y), top, left));
    }

    /** Adds up dY where each element of x went. */
    public static void circularPad2dBackward(INDArray dY, INDArray dX, int top, int bottom, int left, int right) {
        requirePadded(dX, dY, top + bottom, left + right);
        of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.circular(operand(dX), operand(dY), top, left));
    }

    /**
     * The image mirrored at its edges, which are not repeated; it is larger than the padding.
     *
     * @param x [batch, channels, H, W]
     * @param y [batch, channels, top + H + bottom, left + W + right]
     */
    public static void reflectionPad2d(INDArray x, INDArray y, int top, int bottom, int left, int right) {
        requirePadded(x, y, top + bottom, left + right);
        of(x).padOrUpsample(x, y, PadAndUpsample.reflect(operand(x), operand(y), top, left));
    }

    /** Adds up dY where each element of x went. */
    public static void reflectionPad2dBackward(INDArray dY, INDArray dX, int top, int bottom, int left, int right) {
        requirePadded(dX, dY, top + bottom, left + right);
        of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.reflect(operand(dX), operand(dY), top, left));
    }

    /**
     * The edges of the image repeated.
     *
     * @param x [batch, channels, H, W]
     * @param y [batch, channels, top + H + bottom, left + W + right]
     */
    public static void replicationPad2d(INDArray x, INDArray y, int top, int bottom, int left, int right) {
        requirePadded(x, y, top + bottom, left + right);
        of(x).padOrUpsample(x, y, PadAndUpsample.replicate(operand(x), operand(y), top, left));
    }

    /** Adds up dY where each element of x went. */
    public static void replicationPad2dBackward(INDArray dY, INDArray dX, int top, int bottom, int left, int right) {
        requirePadded(dX, dY, top + bottom, left + right);
        of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.replicate(operand(dX), operand(dY), top, left));
    }

    /**
     * Dropout (Srivastava and others, JMLR 15, 2014), inverted: while training y = x · mask, mask 0 with probability p
     * and 1/(1 − p) otherwise; else y = x, and the mask is left alone.
     *
     * @param mask receives the mask, as x, contiguous
     * @param p in [0, 1]
     * @param random where the mask is drawn from
     */
    public static void dropout(INDArray x, INDArray mask, INDArray y, double p, boolean training, RandomStream random) {
        if (training) {
            inOnePass(x, y, dropout(mask, p, true, random));
        } else {
            copy(x, y);
        }
    }

    /** Dropout as an epilogue of another kernel. */
    public static Epilogue dropout(INDArray mask, double p, boolean training, RandomStream random) {
        return training ? of(mask).dropout(mask, p, random) : Epilogue.NOTHING;
    }

    /** dX = dY · mask while training, else dY. */
    public static void dropoutBackward(INDArray mask, INDArray dY, INDArray dX, boolean training) {
        if (training) {
            inOnePass(dY, dX, dropoutBackward(mask, true));
        } else {
            copy(dY, dX);
        }
    }

    /** The gradient of dropout as an epilogue of another kernel. */
    public static Epilogue dropoutBackward(INDArray mask, boolean training) {
        return training ? Epilogue.zip(mask, FloatElementwise::multiply, (d, m) -> d * m) : Epilogue.NOTHING;
    }

    /**
     * Dropout of whole channels (Tompson and others, arXiv:1411.4280): as {@link #dropout}, with one mask element for
     * each channel of each sample.
     *
     * @param mask receives the mask, [batch, channels], contiguous
     */
    public static void dropout2d(
            INDArray x, INDArray mask, INDArray y, double p, boolean training, RandomStream random) {
        if (training) {
            of(x).drawMask(mask, p, random);
            of(x).multiplyChannels(x, mask, y);
        } else {
            copy(x, y);
        }
    }

    /** dX = dY · mask while training, else dY. */
    public static void dropout2dBackward(INDArray mask, INDArray dY, INDArray dX, boolean training) {
        if (training) {
            of(dY).multiplyChannels(dY, mask, dX);
        } else {
            copy(dY, dX);
        }
    }

    /**
     * Alpha dropout (Klambauer and others, arXiv:1706.02515): while training, elements become −1.758 with probability
     * p, and all of them a x + b, so that mean 0 and variance 1 stay; otherwise y = x.
     *
     * @param mask receives a where x is kept, else 0; like x, or [batch, channels] to drop whole channels
     */
    public static void alphaDropout(
            INDArray x, INDArray mask, INDArray y, double p, boolean training, RandomStream random) {
        if (training) {
            of(x).alphaDropout(x, mask, y, p, random);
        } else {
            copy(x, y);
        }
    }

    /**
     * Randomized leaky rectifier (Xu and others, arXiv:1505.00853): y = x above 0, else a x, a drawn from [lower,
     * upper) for each element while training, otherwise the middle.
     *
     * @param slope receives 1 or a, like x
     */
    public static void rrelu(
            INDArray x, INDArray slope, INDArray y, double lower, double upper, boolean training, RandomStream random) {
        of(x).rrelu(x, slope, y, lower, upper, training, random);
    }

    /** dX = dY · slope. */
    public static void rreluBackward(INDArray slope, INDArray dY, INDArray dX) {
        of(dY).rreluBackward(slope, dY, dX);
    }

    /** The parts one after the other along the channels of y. A part that already is its slice of y stays there. */
    public static void concat(INDArray y, INDArray... parts) {
        int channel = 0;
        for (INDArray part : parts) {
            int channels = operand(part).channels;
            of(y).copyChannels(part, 0, y, channel, channels);
            channel += channels;
        }
    }

    /** dPart = the channels of dY that start at {@code from}, as many as dPart has. */
    public static void concatBackward(INDArray dY, INDArray dPart, int from) {
        of(dY).copyChannels(dY, from, dPart, 0, operand(dPart).channels);
    }

    /**
     * y = a b, for each matrix of each sample; neither is a parameter. They may have any strides by which the rows or
     * the columns of each matrix are contiguous, such as heads of attention that lie between each other.
     *
     * @param a [batch, …, m, k], or transposed [batch, …, k, m]
     * @param b [batch, …, k, n], or transposed [batch, …, n, k]
     * @param y [batch, …, m, n]
     */
    public static void matmul(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        of(a).matmul(a, b, y, transposeA, transposeB);
    }

    /** The parts one after the other along an axis of y that is not the batch. */
    public static void concat(INDArray y, int axis, INDArray... parts) {
        int place = 0;
        for (INDArray part : parts) {
            int count = Math.toIntExact(part.size(axis));
            of(y).copyAlong(part, 0, y, place, axis, count);
            place += count;
        }
    }

    /** dPart = what of dY lies from {@code from} on along an axis that is not the batch, as much as dPart has. */
    public static void concatBackward(INDArray dY, INDArray dPart, int axis, int from) {
        of(dY).copyAlong(dY, from, dPart, 0, axis, Math.toIntExact(dPart.size(axis)));
    }

    /** Parts of x along an axis that is not the batch: each what lies from its place on, as much as it has. */
    public static void slice(INDArray x, int axis, int[] from, INDArray... parts) {
        for (int i = 0; i < parts.length; i++) {
            of(x).copyAlong(x, from[i], parts[i], 0, axis, Math.toIntExact(parts[i].size(axis)));
        }
    }

    /** dX has the gradients of parts at their places along an axis, which rise, and 0 elsewhere. */
    public static void sliceBackward(INDArray dX, int axis, int[] from, INDArray... dParts) {
        int free = 0;
        for (int i = 0; i < dParts.length; i++) {
            of(dX).clearAlong(dX, free, axis, from[i] - free);
            int count = Math.toIntExact(dParts[i].size(axis));
            of(dX).copyAlong(dParts[i], 0, dX, from[i], axis, count);
            free = from[i] + count;
        }
        of(dX).clearAlong(dX, free, axis, Math.toIntExact(dX.size(axis)) - free);
    }

    /** The axes of x in another order: axis i of y is axis {@code order[i]} of x. A batch stays the first. */
    public static void permute(INDArray x, INDArray y, int... order) {
        of(x).permute(x, y, order);
    }

    /**
     * y = x where an index says so along an axis: y[…, k, …] = x[…, index[k], …]. The axes of the index, of any number,
     * take the place of the axis.
     *
     * @param index INT, from 0 to below the size of the axis
     */
    public static void indexSelect(INDArray x, INDArray index, INDArray y, int axis) {
        of(x).indexSelect(x, index, y, axis);
    }

    /** dX[…, r, …] = Σ dY[…, k, …] over the k with index[k] = r. */
    public static void indexSelectBackward(INDArray dY, INDArray index, INDArray dX, int axis) {
        of(dY).indexSelectBackward(dY, index, dX, axis);
    }

    /**
     * y[…, k, …] = x[…, index[…, k, …], …] along an axis.
     *
     * @param index INT, of the shape of y, from 0 to below the size of the axis
     */
    public static void gather(INDArray x, INDArray index, INDArray y, int axis) {
        of(x).gather(x, index, y, axis);
    }

    /** y = x, an INT array, as floating-point numbers. */
    public static void toFloat(INDArray x, INDArray y) {
        of(y).toFloat(x, y);
    }

    /** dX[…, r, …] = Σ dY[…, k, …] over the k with index[…, k, …] = r. */
    public static void gatherBackward(INDArray dY, INDArray index, INDArray dX, int axis) {
        of(dY).gatherBackward(dY, index, dX, axis);
    }

    /** y = Σ x along the axes along which y has one element, as it does for all reductions; never along a batch. */
    public static void reduceSum(INDArray x, INDArray y) {
        of(x).reduce(Reduction.SUM, x, y);
    }

    /** The mean. */
    public static void reduceMean(INDArray x, INDArray y) {
        of(x).reduce(Reduction.MEAN, x, y);
    }

    /** The largest element; NaN if one is. */
    public static void reduceMax(INDArray x, INDArray y) {
        of(x).reduce(Reduction.MAX, x, y);
    }

    /** dX: each dY is shared by the elements that are as large as y. */
    public static void reduceMaxBackward(INDArray x, INDArray y, INDArray dY, INDArray dX) {
        of(x).reduceExtremumBackward(x, y, dY, dX);
    }

    /** The smallest element; NaN if one is. */
    public static void reduceMin(INDArray x, INDArray y) {
        of(x).reduce(Reduction.MIN, x, y);
    }

    /** dX: each dY is shared by the elements that are as small as y. */
    public static void reduceMinBackward(INDArray x, INDArray y, INDArray dY, INDArray dX) {
        of(x).reduceExtremumBackward(x, y, dY, dX);
    }

    /** The product. */
    public static void reduceProduct(INDArray x, INDArray y) {
        of(x).reduce(Reduction.PRODUCT, x, y);
    }

    /** dX: each dY times the product of the other elements, also where elements are 0. */
    public static void reduceProductBackward(INDArray x, INDArray y, INDArray dY, INDArray dX) {
        of(x).reduceProductBackward(x, y, dY, dX);
    }

    /** ln Σ exp x, of numbers of any size. */
    public static void reduceLogSumExp(INDArray x, INDArray y) {
        of(x).reduce(Reduction.LOG_SUM_EXP, x, y);
    }

    /** √Σ x². */
    public static void reduceNorm(INDArray x, INDArray y) {
        of(x).reduce(Reduction.NORM, x, y);
    }

    /** sum = a + b; it may be one of them. */
    public static void add(INDArray a, INDArray b, INDArray sum) {
        inOnePass(a, sum, add(b));
    }

    /** dParameter = gradient, or that is added to what is there. */
    public static void addGradient(INDArray gradient, INDArray dParameter, boolean accumulate) {
        if (accumulate) {
            add(dParameter, gradient, dParameter);
        } else {
            copy(gradient, dParameter);
        }
    }

    /** Adding b as an epilogue of another kernel. */
    public static Epilogue add(INDArray b) {
        return Epilogue.zip(b, FloatElementwise::add, Double::sum);
    }

    /** An epilogue that writes what the epilogues before it, and the kernel, have computed. */
    public static Epilogue store(INDArray copy) {
        return Epilogue.storing(copy);
    }

    /** Epilogues that the backward kernel of a normalization does to the gradient that it has computed, dX. */
    public static Epilogue afterwards(Epilogue... epilogues) {
        return Epilogue.afterwards(epilogues);
    }

    /** y = x after some epilogues, in one pass over memory; y may be x. */
    public static void inOnePass(INDArray x, INDArray y, Epilogue... epilogues) {
        of(x).inOnePass(x, y, epilogues);
    }

    /** The elements of one array, in 'c' order, to those of another of as many elements and any shape. */
    public static void copy(INDArray from, INDArray to) {
        of(from).copy(from, to);
    }

    private static KernelSet of(INDArray array) {
        return KernelSet.of(array);
    }

    private static Operand operand(INDArray array) {
        return Operand.of(array);
    }

    private static void requirePadded(INDArray x, INDArray y, int height, int width) {
        if (operand(x).height + height != operand(y).height || operand(x).width + width != operand(y).width) {
            throw new IllegalArgumentException("padding " + Arrays.toString(x.shape()) + " by " + height + " rows and "
                    + width + " columns does not give " + Arrays.toString(y.shape()));
        }
    }
}
