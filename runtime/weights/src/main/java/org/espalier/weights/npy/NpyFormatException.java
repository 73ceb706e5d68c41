package org.espalier.weights.npy;

import java.io.IOException;

/**
 * Thrown where a file is no NPY array, or one of a kind that is not supported. The caller knows which file it is in.
 */
public final class NpyFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String found;

    /**
     * @param expected what should be there
     * @param found what is there
     */
    public NpyFormatException(String expected, String found) {
        super("expected " + expected + ", found " + found);
        this.expected = expected;
        this.found = found;
    }

    /** Returns what should be there. */
    public String expected() {
        return expected;
    }

    /** Returns what is there. */
    public String found() {
        return found;
    }
}
