package org.espalier.inference;

import org.espalier.inference.convolution.ForwardConvolution;
import org.espalier.inference.convolution.ForwardTransposed;
import org.espalier.inference.convolution.ResultWork;
import org.espalier.inference.convolution.Sliding;
import org.espalier.inference.forward.ForwardPools;
import org.espalier.inference.forward.ForwardSpread;
import org.espalier.inference.tensor.FloatTensor;

/** Windows over sequences, [batch, channels, length], as {@link InferenceKernels} has them over images. */
public final class InferenceSequences {
    private InferenceSequences() {}

    /** Convolves sequences. */
    public static void conv1d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, bias, y, window, epilogues);
    }

    /** Convolves sequences, without a bias. */
    public static void conv1d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardConvolution.forward(x, weight, null, y, window, epilogues);
    }

    /** Convolves sequences, transposed. */
    public static void convTranspose1d(
            FloatTensor x,
            FloatTensor weight,
            FloatTensor bias,
            FloatTensor y,
            Sliding window,
            ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, bias, y, window, epilogues);
    }

    /** Convolves sequences, transposed, without a bias. */
    public static void convTranspose1d(
            FloatTensor x, FloatTensor weight, FloatTensor y, Sliding window, ResultWork... epilogues) {
        ForwardTransposed.forward(x, weight, null, y, window, epilogues);
    }

    /** Takes the largest element of each window of sequences. */
    public static void maxPool1d(FloatTensor x, FloatTensor y, Sliding window) {
        ForwardPools.max(x, y, window);
    }

    /** Takes the mean of each window of sequences. */
    public static void avgPool1d(FloatTensor x, FloatTensor y, Sliding window, boolean countsPadding) {
        ForwardPools.mean(x, y, window, countsPadding, 0);
    }

    /** Divides the sum of each window of sequences by a number. */
    public static void avgPool1d(FloatTensor x, FloatTensor y, Sliding window, int divisor) {
        ForwardPools.mean(x, y, window, true, divisor);
    }

    /** Takes the mean of each part of sequences. */
    public static void adaptiveAvgPool1d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MEAN);
    }

    /** Takes the largest element of each part of sequences. */
    public static void adaptiveMaxPool1d(FloatTensor x, FloatTensor y) {
        ForwardPools.adaptive(x, y, ForwardPools.Of.MAX);
    }

    /** Puts zeros around sequences. */
    public static void zeroPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardSpread.pad(x, y, 0, left);
    }

    /** Puts a number around sequences. */
    public static void constantPad1d(FloatTensor x, FloatTensor y, int left, int right, double value) {
        ForwardSpread.pad(x, y, (float) value, left);
    }

    /** Mirrors sequences at their edges. */
    public static void reflectionPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardSpread.reflect(x, y, left);
    }

    /** Repeats the edges of sequences. */
    public static void replicationPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardSpread.replicate(x, y, left);
    }

    /** Repeats sequences. */
    public static void circularPad1d(FloatTensor x, FloatTensor y, int left, int right) {
        ForwardSpread.wrap(x, y, left);
    }

    /** Finds the places of the largest elements of the windows of sequences. */
    public static void maxPool1dIndices(FloatTensor x, FloatTensor indices, Sliding window) {
        ForwardPools.places(x, indices, window);
    }

    /** Finds the places of the largest elements of the parts of sequences. */
    public static void adaptiveMaxPool1dIndices(FloatTensor x, FloatTensor indices) {
        ForwardPools.adaptive(x, indices, ForwardPools.Of.PLACE);
    }
}
