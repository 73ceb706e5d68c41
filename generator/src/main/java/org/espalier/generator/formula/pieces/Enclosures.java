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

/** Evaluates formulas as {@link Values} does, with their derivatives. */
final class Enclosures implements Formula.Visitor<Enclosure> {
    private final Interval within;

    private Enclosures(Interval within) {
        this.within = within;
    }

    /** Between which numbers a formula and its derivatives lie, as long as its variable lies in an interval. */
    static Enclosure of(Formula formula, Interval within, Effort effort) {
        effort.spend(formula.size());
        return formula.accept(new Enclosures(within));
    }

    @Override
    public Enclosure constant(Constant formula) {
        return Enclosure.constant(formula.value());
    }

    @Override
    public Enclosure variable(Variable formula) {
        return Enclosure.variable(within);
    }

    @Override
    public Enclosure negate(Negate formula) {
        return formula.x().accept(this).negate();
    }

    @Override
    public Enclosure binary(Binary formula) {
        Enclosure a = formula.a().accept(this);
        Enclosure b = formula.b().accept(this);
        return switch (formula.operator()) {
            case ADD -> a.add(b);
            case SUBTRACT -> a.add(b.negate());
            case MULTIPLY -> a.multiply(b);
            case DIVIDE -> a.divide(b);
            case MIN, MAX -> throw Piece.hasChoice(formula);
        };
    }

    @Override
    public Enclosure power(Power formula) {
        return formula.base().accept(this).power(formula.exponent());
    }

    @Override
    public Enclosure apply(Apply formula) {
        Enclosure x = formula.x().accept(this);
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
    public Enclosure choose(Choose formula) {
        throw Piece.hasChoice(formula);
    }
}
