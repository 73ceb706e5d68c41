package org.espalier.generator.formula;

import java.util.List;

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

    /** A formula with other names for its variables; several may get the same. */
    public static Formula ofVariables(List<String> variables, List<String> names, Formula formula) {
        // By way of names that no formula has, since a new name may be an old one of another variable.
        Formula renamed = formula;
        for (int i = 0; i < variables.size(); i++) {
            renamed = of(Algebra.variable(variables.get(i)), Algebra.variable("#" + i), renamed);
        }
        for (int i = 0; i < variables.size(); i++) {
            renamed = of(Algebra.variable("#" + i), Algebra.variable(names.get(i)), renamed);
        }
        return renamed;
    }

    /** A condition with other names for its variables; several may get the same. */
    public static Condition ofVariables(List<String> variables, List<String> names, Condition condition) {
        Condition renamed = condition;
        for (int i = 0; i < variables.size(); i++) {
            renamed = renamed.accept(new Substitution(Algebra.variable(variables.get(i)), Algebra.variable("#" + i)));
        }
        for (int i = 0; i < variables.size(); i++) {
            renamed = renamed.accept(new Substitution(Algebra.variable("#" + i), Algebra.variable(names.get(i))));
        }
        return renamed;
    }

    @Override
    public Formula variable(Formula.Variable formula) {
        return formula.equals(variable) ? replacement : formula;
    }
}
