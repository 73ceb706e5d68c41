package org.espalier.runtime.kernel.recurrence;

/** The cells of {@link org.espalier.runtime.kernel.Recurrences}, where their formulas are. */
public enum RecurrentCell {
    RNN_TANH(1),
    RNN_RELU(1),
    LSTM(4),
    GRU(3);

    /** Numbers of p for each of the cell. */
    public final int gates;

    RecurrentCell(int gates) {
        this.gates = gates;
    }
}
