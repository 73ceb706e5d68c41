package org.espalier.generator.formula;

/** Puts a formula in the place of a variable. */
public final class Substitution extends Rebuild {
    private final Formula variable;
    private final Formula replacement;

    private Substitution(Formula variable, Formula replacement) {
        this.variable = variable;
        this.replacement = replacement;
    }

    /** A formula with another one wherever it has the variable. */
    public static Formula of(Formula variable, Formula replacement, Formula formula) {
        return new Substitution(variable, replacement).rebuild(formula);
    }

    @Override
    public Formula variable(Formula.Variable formula) {
        return formula.equals(variable) ? replacement : formula;
    }
}
