package org.espalier.generator.formula;

import java.util.Map;
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
 * The largest number that a formula is computed from: what it cancels out leaves an error of that number's size behind.
 * What is not chosen does not count.
 */
final class Terms implements Formula.Visitor<Double> {
    private final String variable;
    private final double value;
    private double largest;

    private Terms(String variable, double value) {
        this.variable = variable;
        this.value = value;
    }

    /** The largest magnitude among the values of the parts, where the variable has a value. */
    static double largest(Formula formula, String variable, double value) {
        Terms terms = new Terms(variable, value);
        terms.evaluate(formula);
        return terms.largest;
    }

    private double evaluate(Formula formula) {
        double result = formula.accept(this);
        if (Double.isFinite(result)) {
            largest = Math.max(largest, Math.abs(result));
        }
        return result;
    }

    @Override
    public Double constant(Constant formula) {
        return formula.value();
    }

    @Override
    public Double variable(Variable formula) {
        return value;
    }

    @Override
    public Double negate(Negate formula) {
        return -evaluate(formula.x());
    }

    @Override
    public Double binary(Binary formula) {
        Operator operator = formula.operator();
        if (operator != Operator.MIN && operator != Operator.MAX) {
            return Evaluation.apply(operator, evaluate(formula.a()), evaluate(formula.b()));
        }
        double a = Evaluation.at(formula.a(), variable, value);
        double b = Evaluation.at(formula.b(), variable, value);
        return evaluate((a < b) == (operator == Operator.MIN) ? formula.a() : formula.b());
    }

    @Override
    public Double power(Power formula) {
        return Math.pow(evaluate(formula.base()), formula.exponent());
    }

    @Override
    public Double apply(Apply formula) {
        if (formula.function() == Function.SIGN || formula.function() == Function.STEP) {
            return Evaluation.at(formula, variable, value);
        }
        return Evaluation.apply(formula.function(), evaluate(formula.x()));
    }

    @Override
    public Double choose(Choose formula) {
        boolean holds = Evaluation.holds(formula.condition(), Map.of(variable, value));
        return evaluate(holds ? formula.then() : formula.otherwise());
    }
}
