package org.espalier.inference;

import org.espalier.inference.convolution.ForwardConvolution;
import org.espalier.inference.convolution.ForwardTransposed;
import org.espalier.inference.convolution.ResultWork;
import org.espalier.inference.convolution.Sliding;
import org.espalier.inference.forward.ForwardPools;
import org.espalier.inference.forward.ForwardSpread;
import org.espalier.inference.tensor.FloatTensor;

/** Windows over volumes, [batch, channels, depth, height, width], as {@link InferenceKernels} has them over images. */
public final class InferenceVolumes {
    private InferenceVolumes() {}

    /** Convolves volumes. */
    public static void conv3d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, bias, y, window, epilogues);
    }

    /** Convolves volumes, without a bias. */
    public static void conv3d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, null, y, window, epilogues);
    }

    /** Convolves volumes, transposed. */
    public static void convTranspose3d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, bias, y, window, epilogues);
    }

    /** Convolves volumes, transposed, without a bias. */
    public static void convTranspose3d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, null, y, window, epilogues);
    }

    /** Takes the largest element of each window of volumes. */
    public static void maxPool3d(FloatTensor x, FloatTensor y, Sliding window) {
        ForwardPools.max(x, y, window);
    }

    /** Takes the mean of each window of volumes. */
    public static void avgPool3d(FloatTensor x, FloatTensor y, Sliding window, boolean countsPadding) {
        ForwardPools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of volumes by a number. */
    public static void avgPool3d(FloatTensor x, FloatTensor y, Sliding window, int divisor) {
        ForwardPools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of volumes. */
    public static void adaptiveAvgPool3d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MEAN);
    }

    /** Takes the largest element of each part of volumes. */
    public static void adaptiveMaxPool3d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MAX);
    }

    /** Puts zeros around volumes. */
    public static void zeroPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardSpread.pad(x, y, 0, front, top, left);
    }

    /** Puts a number around volumes. */
    public static void constantPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right, double value) {
        ForwardSpread.pad(x, y, (float) value, front, top, left);
    }

    /** Mirrors volumes at their edges. */
    public static void reflectionPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardSpread.reflect(x, y, front, top, left);
    }

    /** Repeats the edges of volumes. */
    public static void replicationPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardSpread.replicate(x, y, front, top, left);
    }

    /** Repeats volumes. */
    public static void circularPad3d(
            FloatTensor x, FloatTensor y, int front, int back, int top, int bottom, int left, int right) {
        ForwardSpread.wrap(x, y, front, top, left);
    }

    /** Finds the places of the largest elements of the windows of volumes. */
    public static void maxPool3dIndices(FloatTensor x, FloatTensor indices, Sliding window) {
        ForwardPools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of volumes. */
    public static void adaptiveMaxPool3dIndices(FloatTensor x, FloatTensor indices) {
        ForwardPools.adaptive(x, indices, ForwardPools.Of.PLACE);
    }
}
