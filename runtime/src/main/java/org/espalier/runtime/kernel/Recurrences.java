package org.espalier.runtime.kernel;

import org.espalier.runtime.kernel.backend.KernelSet;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.recurrence.RecurrentCell;
import org.espalier.runtime.kernel.recurrence.RecurrentGradients;
import org.espalier.runtime.kernel.recurrence.RecurrentTensors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Calls of generated classes for cells over time. p is [batch, length, gates · size], the products of the whole
 * sequence with the weight of the input; W [gates · size, size] and b [gates · size] are those of the state; y receives
 * the states, [batch, length, size]. The first state is h0 [batch, size] where a kernel's name ends in {@code From},
 * and else zeros. With {@code reverse} time runs from the end of the sequence to its beginning. As in {@link Kernels},
 * shapes are the caller's affair.
 */
public final class Recurrences {
    private Recurrences() {}

    /** h' = tanh(p + W h + b). */
    public static void rnnTanh(INDArray p, INDArray weight, @Nullable INDArray bias, INDArray y, boolean reverse) {
        forward(of(RecurrentCell.RNN_TANH, weight, reverse).bias(bias).y(y), p);
    }

    /** {@link #rnnTanh} from a state. */
    public static void rnnTanhFrom(
            INDArray p, INDArray weight, @Nullable INDArray bias, INDArray h0, INDArray y, boolean reverse) {
        forward(of(RecurrentCell.RNN_TANH, weight, reverse).bias(bias).h0(h0).y(y), p);
    }

    /** h' = max(0, p + W h + b). */
    public static void rnnRelu(INDArray p, INDArray weight, @Nullable INDArray bias, INDArray y, boolean reverse) {
        forward(of(RecurrentCell.RNN_RELU, weight, reverse).bias(bias).y(y), p);
    }

    /** {@link #rnnRelu} from a state. */
    public static void rnnReluFrom(
            INDArray p, INDArray weight, @Nullable INDArray bias, INDArray h0, INDArray y, boolean reverse) {
        forward(of(RecurrentCell.RNN_RELU, weight, reverse).bias(bias).h0(h0).y(y), p);
    }

    /**
     * With q = W h + b and the gates i, f, g, o in this order: i, f, o = σ(p + q), g = tanh(p + q), c' = f c + i g, h'
     * = o tanh c' (Hochreiter and Schmidhuber, 1997).
     *
     * @param kept receives i, f, g and o of each step, [batch, length, 4 · size]
     * @param cells receives c' of each step, [batch, length, size]
     */
    public static void lstm(
            INDArray p,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray kept,
            INDArray y,
            INDArray cells,
            boolean reverse) {
        forward(
                of(RecurrentCell.LSTM, weight, reverse)
                        .bias(bias)
                        .kept(kept)
                        .y(y)
                        .cells(cells),
                p);
    }

    /** {@link #lstm} from a state and a cell [batch, size]. */
    public static void lstmFrom(
            INDArray p,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray h0,
            INDArray c0,
            INDArray kept,
            INDArray y,
            INDArray cells,
            boolean reverse) {
        forward(
                of(RecurrentCell.LSTM, weight, reverse)
                        .bias(bias)
                        .h0(h0)
                        .c0(c0)
                        .kept(kept)
                        .y(y)
                        .cells(cells),
                p);
    }

    /**
     * {@link #lstm} with a state that is projected, h' = Wᵣ (o tanh c') (Sak, Senior and Beaufays, arXiv:1402.1128): W
     * is [4 · size, state], y [batch, length, state].
     *
     * @param projection Wᵣ, [state, size]
     * @param kept receives i, f, g, o and o tanh c' of each step, [batch, length, 5 · size]
     */
    public static void lstmProjected(
            INDArray p,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray projection,
            INDArray kept,
            INDArray y,
            INDArray cells,
            boolean reverse) {
        forward(
                of(RecurrentCell.LSTM, weight, reverse)
                        .bias(bias)
                        .projection(projection)
                        .kept(kept)
                        .y(y)
                        .cells(cells),
                p);
    }

    /** {@link #lstmProjected} from a state and a cell [batch, size]. */
    public static void lstmProjectedFrom(
            INDArray p,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray projection,
            INDArray h0,
            INDArray c0,
            INDArray kept,
            INDArray y,
            INDArray cells,
            boolean reverse) {
        forward(
                of(RecurrentCell.LSTM, weight, reverse)
                        .bias(bias)
                        .projection(projection)
                        .h0(h0)
                        .c0(c0)
                        .kept(kept)
                        .y(y)
                        .cells(cells),
                p);
    }

    /**
     * With q = W h + b and the gates r, z, n in this order: r, z = σ(p + q), n = tanh(p + r q), h' = (1 − z) n + z h
     * (Cho and others, arXiv:1406.1078, with r where PyTorch has it).
     *
     * @param kept receives r, z, n and the n of q of each step, [batch, length, 4 · size]
     */
    public static void gru(
            INDArray p, INDArray weight, @Nullable INDArray bias, INDArray kept, INDArray y, boolean reverse) {
        forward(of(RecurrentCell.GRU, weight, reverse).bias(bias).kept(kept).y(y), p);
    }

    /** {@link #gru} from a state. */
    public static void gruFrom(
            INDArray p,
            INDArray weight,
            @Nullable INDArray bias,
            INDArray h0,
            INDArray kept,
            INDArray y,
            boolean reverse) {
        forward(
                of(RecurrentCell.GRU, weight, reverse)
                        .bias(bias)
                        .h0(h0)
                        .kept(kept)
                        .y(y),
                p);
    }

    private static RecurrentTensors of(RecurrentCell cell, INDArray weight, boolean reverse) {
        return RecurrentTensors.of(cell, weight, reverse);
    }

    private static void forward(RecurrentTensors tensors, INDArray p) {
        KernelSet.of(p).recurrence(tensors, p);
    }

    /** dP of {@link #rnnTanh}. */
    public static void rnnTanhBackwardInput(
            INDArray weight, INDArray y, INDArray dY, INDArray dP, boolean reverse, Workspace workspace) {
        backwardInput(
                of(RecurrentCell.RNN_TANH, weight, reverse).y(y),
                new RecurrentGradients(dY, null, dP, null, null),
                workspace);
    }

    /** dP and dH0 of {@link #rnnTanhFrom}. */
    public static void rnnTanhFromBackwardInput(
            INDArray weight, INDArray y, INDArray dY, INDArray dP, INDArray dH0, boolean reverse, Workspace workspace) {
        backwardInput(
                of(RecurrentCell.RNN_TANH, weight, reverse).y(y),
                new RecurrentGradients(dY, null, dP, dH0, null),
                workspace);
    }

    /** dP of {@link #rnnRelu}; the derivative of the rectifier at 0 is 0. */
    public static void rnnReluBackwardInput(
            INDArray weight, INDArray y, INDArray dY, INDArray dP, boolean reverse, Workspace workspace) {
        backwardInput(
                of(RecurrentCell.RNN_RELU, weight, reverse).y(y),
                new RecurrentGradients(dY, null, dP, null, null),
                workspace);
    }

    /** dP and dH0 of {@link #rnnReluFrom}. */
    public static void rnnReluFromBackwardInput(
            INDArray weight, INDArray y, INDArray dY, INDArray dP, INDArray dH0, boolean reverse, Workspace workspace) {
        backwardInput(
                of(RecurrentCell.RNN_RELU, weight, reverse).y(y),
                new RecurrentGradients(dY, null, dP, dH0, null),
                workspace);
    }

    /** dP of {@link #lstm}. */
    public static void lstmBackwardInput(
            INDArray weight,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dP,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse).kept(kept).cells(cells),
                new RecurrentGradients(dY, null, dP, null, null),
                workspace);
    }

    /** dP of {@link #lstm}, where the cells have a gradient too. */
    public static void lstmBackwardInput(
            INDArray weight,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dCells,
            INDArray dP,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse).kept(kept).cells(cells),
                new RecurrentGradients(dY, dCells, dP, null, null),
                workspace);
    }

    /** dP, dH0 and dC0 of {@link #lstmFrom}. */
    public static void lstmFromBackwardInput(
            INDArray weight,
            INDArray c0,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dP,
            INDArray dH0,
            INDArray dC0,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse).c0(c0).kept(kept).cells(cells),
                new RecurrentGradients(dY, null, dP, dH0, dC0),
                workspace);
    }

    /** dP, dH0 and dC0 of {@link #lstmFrom}, where the cells have a gradient too. */
    public static void lstmFromBackwardInput(
            INDArray weight,
            INDArray c0,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dCells,
            INDArray dP,
            INDArray dH0,
            INDArray dC0,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse).c0(c0).kept(kept).cells(cells),
                new RecurrentGradients(dY, dCells, dP, dH0, dC0),
                workspace);
    }

    /** dP of {@link #lstmProjected}. */
    public static void lstmProjectedBackwardInput(
            INDArray weight,
            INDArray projection,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dP,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse)
                        .projection(projection)
                        .kept(kept)
                        .cells(cells),
                new RecurrentGradients(dY, null, dP, null, null),
                workspace);
    }

    /** dP of {@link #lstmProjected}, where the cells have a gradient too. */
    public static void lstmProjectedBackwardInput(
            INDArray weight,
            INDArray projection,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dCells,
            INDArray dP,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse)
                        .projection(projection)
                        .kept(kept)
                        .cells(cells),
                new RecurrentGradients(dY, dCells, dP, null, null),
                workspace);
    }

    /** dP, dH0 and dC0 of {@link #lstmProjectedFrom}. */
    public static void lstmProjectedFromBackwardInput(
            INDArray weight,
            INDArray projection,
            INDArray c0,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dP,
            INDArray dH0,
            INDArray dC0,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse)
                        .projection(projection)
                        .c0(c0)
                        .kept(kept)
                        .cells(cells),
                new RecurrentGradients(dY, null, dP, dH0, dC0),
                workspace);
    }

    /** dP, dH0 and dC0 of {@link #lstmProjectedFrom}, where the cells have a gradient too. */
    public static void lstmProjectedFromBackwardInput(
            INDArray weight,
            INDArray projection,
            INDArray c0,
            INDArray kept,
            INDArray cells,
            INDArray dY,
            INDArray dCells,
            INDArray dP,
            INDArray dH0,
            INDArray dC0,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.LSTM, weight, reverse)
                        .projection(projection)
                        .c0(c0)
                        .kept(kept)
                        .cells(cells),
                new RecurrentGradients(dY, dCells, dP, dH0, dC0),
                workspace);
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
        backwardInput(
                of(RecurrentCell.GRU, weight, reverse).kept(kept).y(y),
                new RecurrentGradients(dY, null, dP, null, null),
                workspace);
    }

    /** dP and dH0 of {@link #gruFrom}. */
    public static void gruFromBackwardInput(
            INDArray weight,
            INDArray h0,
            INDArray kept,
            INDArray y,
            INDArray dY,
            INDArray dP,
            INDArray dH0,
            boolean reverse,
            Workspace workspace) {
        backwardInput(
                of(RecurrentCell.GRU, weight, reverse).h0(h0).kept(kept).y(y),
                new RecurrentGradients(dY, null, dP, dH0, null),
                workspace);
    }

    private static void backwardInput(RecurrentTensors tensors, RecurrentGradients gradients, Workspace workspace) {
        KernelSet.of(gradients.dP()).recurrenceBackwardInput(tensors, gradients, workspace);
    }

    /** dW = Σ dPᵀ h over the steps, h being the state before, of all cells but {@link #gru}. */
    public static void recurrentBackwardWeight(
            INDArray y, INDArray dP, INDArray dWeight, boolean reverse, boolean accumulate, Workspace workspace) {
        backwardWeight(RecurrentCell.RNN_TANH, null, null, y, dP, dWeight, reverse, accumulate, workspace);
    }

    /** The same where the first state is h0. */
    public static void recurrentBackwardWeight(
            INDArray h0,
            INDArray y,
            INDArray dP,
            INDArray dWeight,
            boolean reverse,
            boolean accumulate,
            Workspace workspace) {
        backwardWeight(RecurrentCell.RNN_TANH, h0, null, y, dP, dWeight, reverse, accumulate, workspace);
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
        backwardWeight(RecurrentCell.GRU, null, kept, y, dP, dWeight, reverse, accumulate, workspace);
    }

    /** The same where the first state is h0. */
    public static void gruBackwardWeight(
            INDArray h0,
            INDArray kept,
            INDArray y,
            INDArray dP,
            INDArray dWeight,
            boolean reverse,
            boolean accumulate,
            Workspace workspace) {
        backwardWeight(RecurrentCell.GRU, h0, kept, y, dP, dWeight, reverse, accumulate, workspace);
    }

    private static void backwardWeight(
            RecurrentCell cell,
            @Nullable INDArray h0,
            @Nullable INDArray kept,
            INDArray y,
            INDArray dP,
            INDArray dWeight,
            boolean reverse,
            boolean accumulate,
            Workspace workspace) {
        RecurrentTensors tensors = of(cell, dWeight, reverse).h0(h0).kept(kept).y(y);
        KernelSet.of(dP).recurrenceBackwardWeight(tensors, dP, accumulate, workspace);
    }

    /** dWᵣ of {@link #lstmProjected}: Σ dHᵀ (o tanh c') over the steps, dH being dY and dP W of the step after. */
    public static void lstmBackwardProjection(
            INDArray weight,
            INDArray kept,
            INDArray dY,
            INDArray dP,
            INDArray dProjection,
            boolean reverse,
            boolean accumulate,
            Workspace workspace) {
        RecurrentTensors tensors = of(RecurrentCell.LSTM, weight, reverse).kept(kept);
        KernelSet.of(dP).recurrenceBackwardProjection(tensors, dY, dP, dProjection, accumulate, workspace);
    }

    /** db = Σ dQ over the batch and the steps of {@link #gru}; dQ is dP, and r dP of n. */
    public static void gruBackwardBias(INDArray kept, INDArray dP, INDArray dBias, boolean accumulate) {
        KernelSet.of(dP).gruBackwardBias(kept, dP, dBias, accumulate);
    }
}
