package org.espalier.generator.elaborate.language;

import org.espalier.generator.formula.Effort;

/** What the networks of one file have used up of the work that they may take together, however many they are. */
public final class Budget {
    private final Effort formulas = new Effort();
    private long steps;

    /** The work that went into formulas. */
    public Effort formulas() {
        return formulas;
    }

    /** Takes steps of evaluation; false if there are none left. */
    boolean takeSteps(long count) {
        steps += count;
        return steps <= Limits.STEPS;
    }
}
