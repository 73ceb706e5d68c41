package org.espalier.runtime.kernel;

import org.espalier.runtime.kernel.backend.KernelSet;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.movement.PadAndUpsample;
import org.espalier.runtime.kernel.window.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions, poolings and paddings of sequences, [batch, channels, length], as generated classes call them: the
 * kernels take sequences for images of one row. As in {@link Kernels}, shapes are the caller's affair.
 */
public final class Sequences {
    private Sequences() {}

    /**
     * As {@link Kernels#conv2d(INDArray, INDArray, INDArray, INDArray, Window, Workspace)}: y [batch, out, length] of x
     * [batch, channels, length].
     */
    public static void conv1d(
            INDArray x, INDArray weight, INDArray bias, INDArray y, Window window, Workspace workspace) {
        Kernels.conv2d(x, weight, bias, y, window, workspace);
    }

    /** The same without bias. */
    public static void conv1d(INDArray x, INDArray weight, INDArray y, Window window, Workspace workspace) {
        Kernels.conv2d(x, weight, y, window, workspace);
    }

    /** The gradient of a convolution by its input. */
    public static void conv1dBackwardInput(
            INDArray dY, INDArray weight, INDArray dX, Window window, Workspace workspace) {
        Kernels.conv2dBackwardInput(dY, weight, dX, window, workspace);
    }

    /** The gradient of a convolution by its weight. */
    public static void conv1dBackwardWeight(
            INDArray x, INDArray dY, INDArray dWeight, Window window, boolean accumulate, Workspace workspace) {
        Kernels.conv2dBackwardWeight(x, dY, dWeight, window, accumulate, workspace);
    }

    /** As {@link Kernels#convTranspose2d(INDArray, INDArray, INDArray, INDArray, Window, Workspace)}. */
    public static void convTranspose1d(
            INDArray x, INDArray weight, INDArray bias, INDArray y, Window window, Workspace workspace) {
        Kernels.convTranspose2d(x, weight, bias, y, window, workspace);
    }

    /** The same without bias. */
    public static void convTranspose1d(INDArray x, INDArray weight, INDArray y, Window window, Workspace workspace) {
        Kernels.convTranspose2d(x, weight, y, window, workspace);
    }

    /** The gradient of a transposed convolution by its input. */
    public static void convTranspose1dBackwardInput(
            INDArray dY, INDArray weight, INDArray dX, Window window, Workspace workspace) {
        Kernels.convTranspose2dBackwardInput(dY, weight, dX, window, workspace);
    }

    /** The gradient of a transposed convolution by its weight. */
    public static void convTranspose1dBackwardWeight(
            INDArray x, INDArray dY, INDArray dWeight, Window window, boolean accumulate, Workspace workspace) {
        Kernels.convTranspose2dBackwardWeight(x, dY, dWeight, window, accumulate, workspace);
    }

    /** The largest element of each window; padding never wins, NaN always. */
    public static void maxPool1d(INDArray x, INDArray y, Window window) {
        Kernels.maxPool2d(x, y, window);
    }

    /** Sends each dY to the first largest element of its window, or to the last NaN. */
    public static void maxPool1dBackward(INDArray x, INDArray dY, INDArray dX, Window window) {
        Kernels.maxPool2dBackward(x, dY, dX, window);
    }

    /** The places of the elements that max pooling takes, counted in each channel. */
    public static void maxPool1dIndices(INDArray x, INDArray indices, Window window) {
        Kernels.maxPool2dIndices(x, indices, window);
    }

    /** The places of the elements that adaptive max pooling takes, counted in each channel. */
    public static void adaptiveMaxPool1dIndices(INDArray x, INDArray indices) {
        Kernels.adaptiveMaxPool2dIndices(x, indices);
    }

    /** The mean of each window. */
    public static void avgPool1d(INDArray x, INDArray y, Window window, boolean countsPadding) {
        Kernels.avgPool2d(x, y, window, countsPadding);
    }

    /** Spreads each dY evenly over its window. */
    public static void avgPool1dBackward(INDArray dY, INDArray dX, Window window, boolean countsPadding) {
        Kernels.avgPool2dBackward(dY, dX, window, countsPadding);
    }

    /** The mean of each part of x, cut as by {@link Kernels#adaptiveAvgPool2d}. */
    public static void adaptiveAvgPool1d(INDArray x, INDArray y) {
        Kernels.adaptiveAvgPool2d(x, y);
    }

    /** Spreads each dY evenly over its part of dX. */
    public static void adaptiveAvgPool1dBackward(INDArray dY, INDArray dX) {
        Kernels.adaptiveAvgPool2dBackward(dY, dX);
    }

    /** The largest element of each part of x, cut likewise. */
    public static void adaptiveMaxPool1d(INDArray x, INDArray y) {
        Kernels.adaptiveMaxPool2d(x, y);
    }

    /** Sends each dY to the first largest element of its part, or to the last NaN. */
    public static void adaptiveMaxPool1dBackward(INDArray x, INDArray dY, INDArray dX) {
        Kernels.adaptiveMaxPool2dBackward(x, dY, dX);
    }

    /** Zeros around the sequence. */
    public static void zeroPad1d(INDArray x, INDArray y, int left, int right) {
        KernelSet.of(x).padOrUpsample(x, y, PadAndUpsample.constant(Operand.of(x), Operand.of(y), 0, left));
    }

    /** Adds up dY where each element of x went. */
    public static void zeroPad1dBackward(INDArray dY, INDArray dX, int left, int right) {
        KernelSet.of(dY)
                .padOrUpsampleBackward(dY, dX, PadAndUpsample.constant(Operand.of(dX), Operand.of(dY), 0, left));
    }

    /** A number around the sequence. */
    public static void constantPad1d(INDArray x, INDArray y, int left, int right, double value) {
        KernelSet.of(x).padOrUpsample(x, y, PadAndUpsample.constant(Operand.of(x), Operand.of(y), value, left));
    }

    /** Adds up dY where each element of x went. */
    public static void constantPad1dBackward(INDArray dY, INDArray dX, int left, int right, double value) {
        KernelSet.of(dY)
                .padOrUpsampleBackward(dY, dX, PadAndUpsample.constant(Operand.of(dX), Operand.of(dY), value, left));
    }

    /** The sequence mirrored at its ends, which are not repeated; it is larger than the padding. */
    public static void reflectionPad1d(INDArray x, INDArray y, int left, int right) {
        KernelSet.of(x).padOrUpsample(x, y, PadAndUpsample.reflect(Operand.of(x), Operand.of(y), left));
    }

    /** Adds up dY where each element of x went. */
    public static void reflectionPad1dBackward(INDArray dY, INDArray dX, int left, int right) {
        KernelSet.of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.reflect(Operand.of(dX), Operand.of(dY), left));
    }

    /** The ends of the sequence repeated. */
    public static void replicationPad1d(INDArray x, INDArray y, int left, int right) {
        KernelSet.of(x).padOrUpsample(x, y, PadAndUpsample.replicate(Operand.of(x), Operand.of(y), left));
    }

    /** Adds up dY where each element of x went. */
    public static void replicationPad1dBackward(INDArray dY, INDArray dX, int left, int right) {
        KernelSet.of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.replicate(Operand.of(dX), Operand.of(dY), left));
    }

    /** The sequence repeated around itself; it is no smaller than the padding. */
    public static void circularPad1d(INDArray x, INDArray y, int left, int right) {
        KernelSet.of(x).padOrUpsample(x, y, PadAndUpsample.circular(Operand.of(x), Operand.of(y), left));
    }

    /** Adds up dY where each element of x went. */
    public static void circularPad1dBackward(INDArray dY, INDArray dX, int left, int right) {
        KernelSet.of(dY).padOrUpsampleBackward(dY, dX, PadAndUpsample.circular(Operand.of(dX), Operand.of(dY), left));
    }
}
