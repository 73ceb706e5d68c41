package org.espalier.runtime.kernel.recurrence;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of a cell over a sequence.
 *
 * @param dY by the states, [batch, length, state], given
 * @param dCells by the cells of an LSTM, [batch, length, size], given unless nothing reads them
 * @param dP by the products with the input, [batch, length, gates · size], computed
 * @param dH0 by the initial state, [batch, state], computed if there is one
 * @param dC0 by the initial cell of an LSTM, [batch, size], computed if there is one
 */
public record RecurrentGradients(
        INDArray dY,
        @Nullable INDArray dCells,
        INDArray dP,
        @Nullable INDArray dH0,
        @Nullable INDArray dC0) {}
