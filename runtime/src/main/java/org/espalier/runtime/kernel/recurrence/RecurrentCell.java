package org.espalier.runtime.kernel.recurrence;

/** The cells of {@link Recurrences}, where their formulas are. */
public enum RecurrentCell {
    RNN_TANH(1, 0),
    RNN_RELU(1, 0),
    LSTM(4, 5),
    GRU(3, 4);

    /** Numbers of p for each of the state. */
    public final int gates;

    /** Numbers that are kept for backward for each of the state. */
    public final int kept;

    RecurrentCell(int gates, int kept) {
        this.gates = gates;
        this.kept = kept;
    }
}
