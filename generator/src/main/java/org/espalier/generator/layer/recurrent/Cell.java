package org.espalier.generator.layer.recurrent;

import java.util.Locale;

/** A step of a recurrence, with h the state before it, p the product with the input and q = W h + b. */
public enum Cell {
    /** h' = tanh(p + q). */
    RNN_TANH(1, 0),
    /** h' = max(0, p + q). */
    RNN_RELU(1, 0),
    /**
     * i, f and o = σ(p + q), g = tanh(p + q), in the order i, f, g, o; c' = f c + i g, h' = o tanh c' (Hochreiter and
     * Schmidhuber, 1997).
     */
    LSTM(4, 4),
    /** r and z = σ(p + q), n = tanh(p + r q), in the order r, z, n; h' = (1 − z) n + z h (Cho and others, 2014). */
    GRU(3, 4);

    private final int gates;
    private final int kept;

    Cell(int gates, int kept) {
        this.gates = gates;
        this.kept = kept;
    }

    /** The numbers of p and q for each of h. */
    public int gates() {
        return gates;
    }

    /** The numbers that are kept for backward for each of h: the gates, and the n of q of GRU. */
    public int kept() {
        return kept;
    }

    /** Tells whether something is kept. */
    public boolean keeps() {
        return kept > 0;
    }

    /** Tells whether it has a c besides h. */
    public boolean hasMemory() {
        return this == LSTM;
    }

    /** The name in printed programs. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
