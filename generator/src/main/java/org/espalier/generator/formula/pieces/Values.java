package org.espalier.generator.formula.pieces;

import org.espalier.generator.formula.Effort;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;
import org.espalier.generator.formula.Piece;

/** Evaluates formulas of one variable that have no choice in them, see {@link Piece}, over an interval. */
final class Values implements Formula.Visitor<Interval> {
    private final Interval within;

    private Values(Interval within) {
        this.within = within;
    }

    /** Between which numbers a formula lies, as long as its variable lies in an interval. */
    static Interval of(Formula formula, Interval within, Effort effort) {
        effort.spend(formula.size());
        return formula.accept(new Values(within));
    }

    @Override
    public Interval constant(Constant formula) {
        return Interval.at(formula.value());
    }

    @Override
    public Interval variable(Variable formula) {
        return within;
    }

    @Override
    public Interval negate(Negate formula) {
        return formula.x().accept(this).negate();
    }

    @Override
    public Interval binary(Binary formula) {
        Interval a = formula.a().accept(this);
        Interval b = formula.b().accept(this);
        return switch (formula.operator()) {
            case ADD -> a.add(b);
            case SUBTRACT -> a.subtract(b);
            case MULTIPLY -> a.multiply(b);
            case DIVIDE -> a.divide(b);
            case MIN, MAX -> throw Piece.hasChoice(formula);
        };
    }

    @Override
    public Interval power(Power formula) {
        return formula.base().accept(this).power(formula.exponent());
    }

    @Override
    public Interval apply(Apply formula) {
        Interval x = formula.x().accept(this);
        return switch (formula.function()) {
            case SQRT -> x.sqrt();
            case LOG -> x.log();
            case LOG1P -> x.log1p();
            case EXP -> x.exp();
            case EXPM1 -> x.expm1();
            case TANH -> x.tanh();
            case ABS, SIGN, STEP, FLOOR, ROUND, SIN, COS, ATAN, ERF -> throw Piece.hasChoice(formula);
        };
    }

    @Override
    public Interval choose(Choose formula) {
        throw Piece.hasChoice(formula);
    }
}
