package org.espalier.runtime.kernel.recurrence;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tensors of a cell over a sequence, other than its products with the input. What a cell has no use for is absent; so
 * are initial states that are zeros.
 */
public final class RecurrentTensors {
    final RecurrentCell cell;
    final INDArray weight;
    final boolean reverse;

    @Nullable
    INDArray bias;

    @Nullable
    INDArray projection;

    @Nullable
    INDArray h0;

    @Nullable
    INDArray c0;

    @Nullable
    INDArray kept;

    @Nullable
    INDArray y;

    @Nullable
    INDArray cells;

    private RecurrentTensors(RecurrentCell cell, INDArray weight, boolean reverse) {
        this.cell = cell;
        this.weight = weight;
        this.reverse = reverse;
    }

    /** Those of a cell with a weight of the state, [gates · size, state], and a direction of time. */
    public static RecurrentTensors of(RecurrentCell cell, INDArray weight, boolean reverse) {
        return new RecurrentTensors(cell, weight, reverse);
    }

    /** The bias of the state, [gates · size], if there is one. */
    public RecurrentTensors bias(@Nullable INDArray value) {
        bias = value;
        return this;
    }

    /** The weight [state, size] that makes the state of an LSTM smaller than its cell, if there is one. */
    public RecurrentTensors projection(@Nullable INDArray value) {
        projection = value;
        return this;
    }

    /** The state before the first step, [batch, state], if it is not zeros. */
    public RecurrentTensors h0(@Nullable INDArray value) {
        h0 = value;
        return this;
    }

    /** The cell before the first step, [batch, size], if it is not zeros. */
    public RecurrentTensors c0(@Nullable INDArray value) {
        c0 = value;
        return this;
    }

    /** The gates of each step, as backward needs them, [batch, length, …]. */
    public RecurrentTensors kept(@Nullable INDArray value) {
        kept = value;
        return this;
    }

    /** The states, [batch, length, state]. */
    public RecurrentTensors y(@Nullable INDArray value) {
        y = value;
        return this;
    }

    /** The cells of an LSTM, [batch, length, size]. */
    public RecurrentTensors cells(@Nullable INDArray value) {
        cells = value;
        return this;
    }
}
