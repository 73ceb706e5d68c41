package org.espalier.generator.analysis;

import org.espalier.generator.formula.Effort;

/** What the networks of one file have used up of the work that they may take together, however many they are. */
final class Budget {
    private final Effort formulas = new Effort();
    private long steps;

    /** The work that went into formulas. */
    Effort formulas() {
        return formulas;
    }

    /** Takes steps of evaluation; false if there are none left. */
    boolean takeSteps(long count) {
        steps += count;
        return steps <= Limits.STEPS;
    }
}
