package org.espalier.generator.formula;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/** Lists the subformulas of a formula in postorder, itself last: parts come before what they are parts of. */
public final class Subformulas implements Formula.Visitor<Void>, Condition.Visitor<Void> {
    private final List<Formula> parts = new ArrayList<>();
    private final List<Condition.Comparison> comparisons = new ArrayList<>();

    /** The comparisons that a condition is made of. */
    static List<Condition.Comparison> comparisons(Condition condition) {
        Subformulas parts = new Subformulas();
        condition.accept(parts);
        return parts.comparisons;
    }

    private boolean shallow;

    private Subformulas() {}

    /** The parts, as often as they occur. */
    public static List<Formula> of(Formula formula) {
        Subformulas parts = new Subformulas();
        parts.add(formula);
        return parts.parts;
    }

    /** The parts of some formulas, each once. */
    public static Set<Formula> distinct(Collection<Formula> formulas) {
        Set<Formula> distinct = new LinkedHashSet<>();
        formulas.forEach(formula -> addDistinct(formula, distinct));
        return distinct;
    }

    private static void addDistinct(Formula formula, Set<Formula> distinct) {
        if (!distinct.contains(formula)) {
            directly(formula).forEach(part -> addDistinct(part, distinct));
            distinct.add(formula);
        }
    }

    /** Counts the different operations of some formulas, conditions left out. */
    public static int operations(Collection<Formula> formulas) {
        return (int) distinct(formulas).stream()
                .filter(part -> !(part instanceof Constant) && !(part instanceof Variable))
                .count();
    }

    /** Lists the direct parts of a formula, and no deeper ones. */
    public static List<Formula> directly(Formula formula) {
        Subformulas parts = new Subformulas();
        parts.shallow = true;
        formula.accept(parts);
        return parts.parts;
    }

    /** The comparisons of its conditions. */
    static List<Condition.Comparison> comparisons(Formula formula) {
        Subformulas parts = new Subformulas();
        parts.add(formula);
        return parts.comparisons;
    }

    private void add(Formula formula) {
        if (!shallow) {
            formula.accept(this);
        }
        parts.add(formula);
    }

    @Override
    public Void constant(Constant formula) {
        return null;
    }

    @Override
    public Void variable(Variable formula) {
        return null;
    }

    @Override
    public Void negate(Negate formula) {
        add(formula.x());
        return null;
    }

    @Override
    public Void binary(Binary formula) {
        add(formula.a());
        add(formula.b());
        return null;
    }

    @Override
    public Void power(Power formula) {
        add(formula.base());
        return null;
    }

    @Override
    public Void apply(Apply formula) {
        add(formula.x());
        return null;
    }

    @Override
    public Void choose(Choose formula) {
        formula.condition().accept(this);
        add(formula.then());
        add(formula.otherwise());
        return null;
    }

    @Override
    public Void comparison(Condition.Comparison condition) {
        add(condition.a());
        add(condition.b());
        comparisons.add(condition);
        return null;
    }

    @Override
    public Void both(Condition.Both condition) {
        condition.a().accept(this);
        condition.b().accept(this);
        return null;
    }

    @Override
    public Void either(Condition.Either condition) {
        condition.a().accept(this);
        condition.b().accept(this);
        return null;
    }

    @Override
    public Void not(Condition.Not condition) {
        condition.a().accept(this);
        return null;
    }
}
