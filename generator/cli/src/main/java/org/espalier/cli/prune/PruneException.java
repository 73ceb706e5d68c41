package org.espalier.cli.prune;

/** Thrown where a network cannot be pruned. The message says what was expected, what was found, and what to do. */
public final class PruneException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says so. */
    public PruneException(String message) {
        super(message);
    }
}
