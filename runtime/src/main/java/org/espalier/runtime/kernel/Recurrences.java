package org.espalier.runtime.kernel;

import org.espalier.runtime.kernel.backend.KernelSet;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.recurrence.RecurrentCell;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Calls of generated classes for cells over time. p is [batch, length, gates · size], the products of the whole
 * sequence with the weight of the input; W [gates · size, size] and b [gates · size] are those of the state, which
 * starts as zeros; y receives the states, [batch, length, size]. With {@code reverse} time runs from the end of the
 * sequence to its beginning. As in {@link Kernels}, shapes are the caller's affair.
 */
public final class Recurrences {
    private Recurrences() {}

    /** h' = tanh(p + W h + b). */
    public static void rnnTanh(INDArray p, INDArray weight, INDArray bias, INDArray y, boolean reverse) {
        forward(RecurrentCell.RNN_TANH, p, weight, bias, null, y, reverse);
    }

    /** The same without b. */
    public static void rnnTanh(INDArray p, INDArray weight, INDArray y, boolean reverse) {
        forward(RecurrentCell.RNN_TANH, p, weight, null, null, y, reverse);
    }

    /** h' = max(0, p + W h + b). */
    public static void rnnRelu(INDArray p, INDArray weight, INDArray bias, INDArray y, boolean reverse) {
        forward(RecurrentCell.RNN_RELU, p, weight, bias, null, y, reverse);
    }

    /** The same without b. */
    public static void rnnRelu(INDArray p, INDArray weight, INDArray y, boolean reverse) {
        forward(RecurrentCell.RNN_RELU, p, weight, null, null, y, reverse);
    }

    /**
     * With q = W h + b and the gates i, f, g, o in this order: i, f, o = σ(p + q), g = tanh(p + q), c' = f c + i g, h'
     * = o tanh c' (Hochreiter and Schmidhuber, 1997).
     *
     * @param kept receives i, f, g, o and c' of each step, [batch, length, 5 · size]
     */
    public static void lstm(INDArray p, INDArray weight, INDArray bias, INDArray kept, INDArray y, boolean reverse) {
        forward(RecurrentCell.LSTM, p, weight, bias, kept, y, reverse);
    }

    /** The same without b. */
    public static void lstm(INDArray p, INDArray weight, INDArray kept, INDArray y, boolean reverse) {
        forward(RecurrentCell.LSTM, p, weight, null, kept, y, reverse);
    }

    /**
     * With q = W h + b and the gates r, z, n in this order: r, z = σ(p + q), n = tanh(p + r q), h' = (1 − z) n + z h
     * (Cho and others, arXiv:1406.1078, with r where PyTorch has it).
     *
     * @param kept receives r, z, n and the n of q of each step, [batch, length, 4 · size]
     */
    public static void gru(INDArray p, INDArray weight, INDArray bias, INDArray kept, INDArray y, boolean reverse) {
        forward(RecurrentCell.GRU, p, weight, bias, kept, y, reverse);
    }

    /** The same without b. */
    public static void gru(INDArray p, INDArray weight, INDArray kept, INDArray y, boolean reverse) {
        forward(RecurrentCell.GRU, p, weight, null, kept, y, reverse);
    }

    private static void forward(
            RecurrentCell cell,
            INDArray p,
            INDArray weight,
            @Nullable INDArray bias,
            @Nullable INDArray kept,
            INDArray y,
            boolean reverse) {
        KernelSet.of(p).recurrence(cell, p, weight, bias, kept, y, reverse);
    }

    /** dP of {@link #rnnTanh}. */
    public static void rnnTanhBackwardInput(
            INDArray weight, INDArray y, INDArray dY, INDArray dP, boolean reverse, Workspace workspace) {
        backwardInput(RecurrentCell.RNN_TANH, weight, null, y, dY, dP, reverse, workspace);
    }

    /** dP of {@link #rnnRelu}; the derivative of the rectifier at 0 is 0. */
    public static void rnnReluBackwardInput(
            INDArray weight, INDArray y, INDArray dY, INDArray dP, boolean reverse, Workspace workspace) {
        backwardInput(RecurrentCell.RNN_RELU, weight, null, y, dY, dP, reverse, workspace);
    }

    /** dP of {@link #lstm}. */
    public static void lstmBackwardInput(
            INDArray weight,
            INDArray kept,
            INDArray y,
            INDArray dY,
            INDArray dP,
            boolean reverse,
            Workspace workspace) {
        backwardInput(RecurrentCell.LSTM, weight, kept, y, dY, dP, reverse, workspace);
    }

    /** dP of {@link #gru}. */
    public static void gruBackwardInput(
            INDArray weight,
            INDArray kept,
            INDArray y,
            INDArray dY,
            INDArray dP,
            boolean reverse,
            Workspace workspace) {
        backwardInput(RecurrentCell.GRU, weight, kept, y, dY, dP, reverse, workspace);
    }

    private static void backwardInput(
            RecurrentCell cell,
            INDArray weight,
            @Nullable INDArray kept,
            INDArray y,
            INDArray dY,
            INDArray dP,
            boolean reverse,
            Workspace workspace) {
        KernelSet.of(dY).recurrenceBackwardInput(cell, weight, kept, y, dY, dP, reverse, workspace);
    }

    /** dW = Σ dPᵀ h over the steps of {@link #rnnTanh}, h being the state before. */
    public static void rnnTanhBackwardWeight(
            INDArray y, INDArray dP, INDArray dWeight, boolean reverse, boolean accumulate, Workspace workspace) {
        backwardWeight(RecurrentCell.RNN_TANH, null, y, dP, dWeight, reverse, accumulate, workspace);
    }

    /** dW = Σ dPᵀ h over the steps of {@link #rnnRelu}, h being the state before. */
    public static void rnnReluBackwardWeight(
            INDArray y, INDArray dP, INDArray dWeight, boolean reverse, boolean accumulate, Workspace workspace) {
        backwardWeight(RecurrentCell.RNN_RELU, null, y, dP, dWeight, reverse, accumulate, workspace);
    }

    /** dW = Σ dPᵀ h over the steps of {@link #lstm}, h being the state before. */
    public static void lstmBackwardWeight(
            INDArray kept,
            INDArray y,
            INDArray dP,
            INDArray dWeight,
            boolean reverse,
            boolean accumulate,
            Workspace workspace) {
        backwardWeight(RecurrentCell.LSTM, kept, y, dP, dWeight, reverse, accumulate, workspace);
    }

    /** dW = Σ dQᵀ h over the steps of {@link #gru}, h being the state before; dQ is dP, and r dP of n. */
    public static void gruBackwardWeight(
            INDArray kept,
            INDArray y,
            INDArray dP,
            INDArray dWeight,
            boolean reverse,
            boolean accumulate,
            Workspace workspace) {
        backwardWeight(RecurrentCell.GRU, kept, y, dP, dWeight, reverse, accumulate, workspace);
    }

    private static void backwardWeight(
            RecurrentCell cell,
            @Nullable INDArray kept,
            INDArray y,
            INDArray dP,
            INDArray dWeight,
            boolean reverse,
            boolean accumulate,
            Workspace workspace) {
        KernelSet.of(dP).recurrenceBackwardWeight(cell, kept, y, dP, dWeight, reverse, accumulate, workspace);
    }

    /** db = Σ dQ over the batch and the steps of {@link #gru}; dQ is dP, and r dP of n. */
    public static void gruBackwardBias(INDArray kept, INDArray dP, INDArray dBias, boolean accumulate) {
        KernelSet.of(dP).gruBackwardBias(kept, dP, dBias, accumulate);
    }
}
