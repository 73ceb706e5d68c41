package org.espalier.inference;

import org.espalier.inference.forward.ForwardRecurrence;
import org.espalier.inference.forward.ForwardRecurrence.Cell;
import org.espalier.inference.tensor.FloatTensor;
import org.jspecify.annotations.Nullable;

/**
 * Cells over time, which generated classes call. p is [batch, length, gates · size], the products of the whole sequence
 * with the weight of the input. The first state is h0 where a kernel's name ends in {@code From}, and else zeros; with
 * {@code reverse} time runs from the end of the sequence to its beginning.
 */
public final class InferenceRecurrences {
    private InferenceRecurrences() {}

    /** Runs an RNN. */
    public static void rnnTanh(
            FloatTensor p, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(Cell.RNN_TANH, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs an RNN from a given state. */
    public static void rnnTanhFrom(
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor h0,
            FloatTensor y,
            boolean reverse) {
        ForwardRecurrence.forward(Cell.RNN_TANH, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU. */
    public static void rnnRelu(
            FloatTensor p, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(Cell.RNN_RELU, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs an RNN of ReLU from a given state. */
    public static void rnnReluFrom(
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor h0,
            FloatTensor y,
            boolean reverse) {
        ForwardRecurrence.forward(Cell.RNN_RELU, p, weight, bias, null, h0, null, y, null, reverse);
    }

    /** Runs an LSTM. */
    public static void lstm(
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(Cell.LSTM, p, weight, bias, null, null, null, y, cells, reverse);
    }

    /** Runs an LSTM from a given state. */
    public static void lstmFrom(
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor h0,
            FloatTensor c0,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(Cell.LSTM, p, weight, bias, null, h0, c0, y, cells, reverse);
    }

    /** Runs an LSTM with projections. */
    public static void lstmProjected(
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor projection,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(Cell.LSTM, p, weight, bias, projection, null, null, y, cells, reverse);
    }

    /** Runs an LSTM with projections from a given state. */
    public static void lstmProjectedFrom(
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor projection,
            FloatTensor h0,
            FloatTensor c0,
            FloatTensor y,
            FloatTensor cells,
            boolean reverse) {
        ForwardRecurrence.forward(Cell.LSTM, p, weight, bias, projection, h0, c0, y, cells, reverse);
    }

    /** Runs a GRU. */
    public static void gru(
            FloatTensor p, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y, boolean reverse) {
        ForwardRecurrence.forward(Cell.GRU, p, weight, bias, null, null, null, y, null, reverse);
    }

    /** Runs a GRU from a given state. */
    public static void gruFrom(
            FloatTensor p,
            FloatTensor weight,
            @Nullable FloatTensor bias,
            FloatTensor h0,
            FloatTensor y,
            boolean reverse) {
        ForwardRecurrence.forward(Cell.GRU, p, weight, bias, null, h0, null, y, null, reverse);
    }
}
