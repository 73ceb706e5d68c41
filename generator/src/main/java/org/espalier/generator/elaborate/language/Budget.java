package org.espalier.generator.elaborate.language;

import org.espalier.generator.formula.Effort;

/** What the networks of one file have used up of the work that they may take together, however many they are. */
public final class Budget {
    private final Effort formulas = new Effort();
    private long steps;
    private int operations;
    private int applications;
    private long letters;

    /** The work that went into formulas. */
    public Effort formulas() {
        return formulas;
    }

    /** Takes an application of a layer; false if there are none left. */
    public boolean takeApplication() {
        return ++applications <= Limits.APPLICATIONS;
    }

    /** Takes an operation; false if there are none left. */
    public boolean takeOperation() {
        return ++operations <= Limits.LAYERS;
    }

    /** Takes letters for the path of an operation; false if there are none left. */
    public boolean takeLetters(String path) {
        letters += path.length();
        return letters <= Limits.PATH_LETTERS;
    }

    /** Takes steps of evaluation; false if there are none left. */
    boolean takeSteps(long count) {
        steps += count;
        return steps <= Limits.STEPS;
    }
}
