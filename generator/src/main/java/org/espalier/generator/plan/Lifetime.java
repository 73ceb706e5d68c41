package org.espalier.generator.plan;

/**
 * The time in which a value holds numbers that matter: from the operation that writes it to the last that reads it,
 * both included, by their positions in the program.
 */
record Lifetime(int written, int lastRead) {
    /** Tells whether there is a moment at which both matter. */
    boolean meets(Lifetime other) {
        return written <= other.lastRead && other.written <= lastRead;
    }

    /** The shortest one that covers both. */
    Lifetime and(Lifetime other) {
        return new Lifetime(Math.min(written, other.written), Math.max(lastRead, other.lastRead));
    }
}
