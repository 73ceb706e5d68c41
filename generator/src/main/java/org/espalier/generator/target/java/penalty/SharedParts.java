package org.espalier.generator.target.java.penalty;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Subformulas;

/** The parts of some formulas that are worth a local variable of their own: those that are used more than once. */
final class SharedParts {
    private SharedParts() {}

    /** The parts, each after those that it is made of. */
    static List<Formula> of(List<Formula> formulas) {
        Set<Formula> distinct = Subformulas.distinct(formulas);
        Map<Formula, Integer> uses = new HashMap<>();
        formulas.forEach(formula -> uses.merge(formula, 1, Integer::sum));
        for (Formula part : distinct) {
            Subformulas.directly(part).forEach(inner -> uses.merge(inner, 1, Integer::sum));
            if (part instanceof Formula.Power power && !JavaFormula.isCallOfPow(power.exponent())) {
                uses.merge(power.base(), 1, Integer::sum); // Written as a product, which has it several times.
            }
        }
        distinct.forEach(part -> writeOut(part, uses));
        List<Formula> shared = new ArrayList<>();
        for (Formula part : distinct) {
            boolean atom = part instanceof Formula.Constant || part instanceof Formula.Variable;
            if (!atom && uses.getOrDefault(part, 0) > 1) {
                shared.add(part);
            }
        }
        return shared;
    }

    /** A sum in a logarithm is written there in double precision, whether or not it has a local variable elsewhere. */
    private static void writeOut(Formula part, Map<Formula, Integer> uses) {
        if (part instanceof Formula.Apply apply
                && apply.function() == Formula.Function.LOG
                && JavaFormula.isShifted(apply.x())
                && uses.merge(apply.x(), -1, Integer::sum) > 0) {
            Subformulas.directly(apply.x()).forEach(inner -> uses.merge(inner, 1, Integer::sum));
        }
    }
}
