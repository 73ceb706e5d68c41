package org.espalier.generator.formula.pieces;

import java.util.Map;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/**
 * The size of the numbers that a formula is computed from: what they cancel out leaves an error of their size behind,
 * which what follows makes larger or smaller as it does the numbers themselves. What is not chosen does not count.
 */
final class Terms implements Formula.Visitor<Terms.Term> {
    private final String variable;
    private final double value;

    private Terms(String variable, double value) {
        this.variable = variable;
        this.value = value;
    }

    /**
     * A number.
     *
     * @param size as large as the number, or as what became of larger ones that it was computed from
     */
    record Term(double value, double size) {
        private static Term of(double value) {
            return new Term(value, Double.isFinite(value) ? Math.abs(value) : 0);
        }

        /** The number computed from this one, which changes so many times as fast. */
        private Term then(double result, double slope) {
            return Term.of(result).from(this, slope);
        }

        private Term from(Term other, double slope) {
            double passedOn = Math.abs(slope) * other.size;
            return new Term(value, Math.max(size, Double.isFinite(passedOn) ? passedOn : other.size));
        }
    }

    /** The size of the largest number that a formula is computed from, where the variable has a value. */
    static double largest(Formula formula, String variable, double value) {
        return formula.accept(new Terms(variable, value)).size();
    }

    @Override
    public Term constant(Constant formula) {
        return Term.of(formula.value());
    }

    @Override
    public Term variable(Variable formula) {
        return Term.of(value);
    }

    @Override
    public Term negate(Negate formula) {
        Term x = formula.x().accept(this);
        return x.then(-x.value, -1);
    }

    @Override
    public Term binary(Binary formula) {
        Operator operator = formula.operator();
        if (operator == Operator.MIN || operator == Operator.MAX) {
            double a = Evaluation.at(formula.a(), variable, value);
            double b = Evaluation.at(formula.b(), variable, value);
            return ((a < b) == (operator == Operator.MIN) ? formula.a() : formula.b()).accept(this);
        }
        Term a = formula.a().accept(this);
        Term b = formula.b().accept(this);
        Term result = Term.of(Evaluation.apply(operator, a.value, b.value));
        return switch (operator) {
            case MULTIPLY -> result.from(a, b.value).from(b, a.value);
            case DIVIDE -> result.from(a, 1 / b.value).from(b, result.value / b.value);
            default -> result.from(a, 1).from(b, 1);
        };
    }

    @Override
    public Term power(Power formula) {
        Term base = formula.base().accept(this);
        double exponent = formula.exponent();
        return base.then(Math.pow(base.value, exponent), exponent * Math.pow(base.value, exponent - 1));
    }

    @Override
    public Term apply(Apply formula) {
        Function function = formula.function();
        if (function == Function.SIGN || function == Function.STEP) {
            return Term.of(Evaluation.at(formula, variable, value));
        }
        Term x = formula.x().accept(this);
        double result = Evaluation.apply(function, x.value);
        return x.then(
                result,
                switch (function) {
                    case SQRT -> 0.5 / result;
                    case LOG -> 1 / x.value;
                    case LOG1P -> 1 / (1 + x.value);
                    case EXP -> result;
                    case EXPM1 -> result + 1;
                    case TANH -> 1 - result * result;
                    default -> 1;
                });
    }

    @Override
    public Term choose(Choose formula) {
        boolean holds = Evaluation.holds(formula.condition(), Map.of(variable, value));
        return (holds ? formula.then() : formula.otherwise()).accept(this);
    }
}
