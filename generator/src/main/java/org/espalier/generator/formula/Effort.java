package org.espalier.generator.formula;

import org.espalier.generator.formula.FormulaLimitException.Limit;

/** Limits the work that the compiler puts into formulas. */
public final class Effort {
    private long spent;

    /** Counts so many parts of formulas that are going to be looked at. */
    public void spend(int parts) {
        spent += parts;
        if (spent > Limit.STEPS.most()) {
            throw new FormulaLimitException(Limit.STEPS);
        }
    }
}
