package org.espalier.generator.formula;

import java.util.Map;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Operator;

/** Restricts a piecewise formula to the piece that holds near a number. */
public final class Piece extends Rebuild {
    private final String variable;
    private final double near;

    private Piece(String variable, double near) {
        this.variable = variable;
        this.near = near;
    }

    /** The formula as it is around a number at which no choice changes. */
    public static Formula at(Formula formula, String variable, double near) {
        return new Piece(variable, near).rebuild(formula);
    }

    /** A complaint about what is no such formula. */
    public static IllegalArgumentException hasChoice(Formula formula) {
        return new IllegalArgumentException("a piece has no choices, but this has " + formula);
    }

    private double value(Formula formula) {
        return Evaluation.at(formula, variable, near);
    }

    @Override
    public Formula binary(Binary formula) {
        if (formula.operator() != Operator.MIN && formula.operator() != Operator.MAX) {
            return super.binary(formula);
        }
        boolean first = (value(formula.a()) < value(formula.b())) == (formula.operator() == Operator.MIN);
        return rebuild(first ? formula.a() : formula.b());
    }

    @Override
    public Formula apply(Apply formula) {
        Formula x = formula.x();
        return switch (formula.function()) {
            case ABS -> value(x) < 0 ? Algebra.negate(rebuild(x)) : rebuild(x);
            case SIGN, STEP -> Algebra.constant(Evaluation.apply(formula.function(), value(x)));
            default -> super.apply(formula);
        };
    }

    @Override
    public Formula choose(Choose formula) {
        boolean holds = Evaluation.holds(formula.condition(), Map.of(variable, near));
        return rebuild(holds ? formula.then() : formula.otherwise());
    }
}
