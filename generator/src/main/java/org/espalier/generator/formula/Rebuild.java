package org.espalier.generator.formula;

import java.util.HashMap;
import java.util.Map;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/** Rebuilds a formula from its parts, simplifying again; what replaces some parts overrides their methods. */
class Rebuild implements Formula.Visitor<Formula>, Condition.Visitor<Condition> {
    private final Map<Formula, Formula> rebuilt = new HashMap<>();

    /** The formula, rebuilt; what it has several times is so once. */
    final Formula rebuild(Formula formula) {
        Formula known = rebuilt.get(formula);
        if (known == null) {
            known = formula.accept(this);
            rebuilt.put(formula, known);
        }
        return known;
    }

    @Override
    public Formula constant(Constant formula) {
        return formula;
    }

    @Override
    public Formula variable(Variable formula) {
        return formula;
    }

    @Override
    public Formula negate(Negate formula) {
        return Algebra.negate(rebuild(formula.x()));
    }

    @Override
    public Formula binary(Binary formula) {
        return Algebra.binary(formula.operator(), rebuild(formula.a()), rebuild(formula.b()));
    }

    @Override
    public Formula power(Power formula) {
        return Algebra.power(rebuild(formula.base()), formula.exponent());
    }

    @Override
    public Formula apply(Apply formula) {
        return Algebra.apply(formula.function(), rebuild(formula.x()));
    }

    @Override
    public Formula choose(Choose formula) {
        return Algebra.choose(formula.condition().accept(this), rebuild(formula.then()), rebuild(formula.otherwise()));
    }

    @Override
    public Condition comparison(Condition.Comparison condition) {
        return new Condition.Comparison(condition.relation(), rebuild(condition.a()), rebuild(condition.b()));
    }

    @Override
    public Condition both(Condition.Both condition) {
        return new Condition.Both(condition.a().accept(this), condition.b().accept(this));
    }

    @Override
    public Condition either(Condition.Either condition) {
        return new Condition.Either(condition.a().accept(this), condition.b().accept(this));
    }

    @Override
    public Condition not(Condition.Not condition) {
        return new Condition.Not(condition.a().accept(this));
    }
}
