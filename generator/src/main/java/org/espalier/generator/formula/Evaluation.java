package org.espalier.generator.formula;

import java.util.Map;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/** The value of a formula, in double precision and by Java's arithmetic, as the generated code computes it. */
public final class Evaluation implements Formula.Visitor<Double>, Condition.Visitor<Boolean> {
    /** From here on the error function is ±1 to all digits. */
    private static final double FAR = 6;

    private final Map<String, Double> variables;

    private Evaluation(Map<String, Double> variables) {
        this.variables = variables;
    }

    /** The value where the only variable has this one. */
    public static double at(Formula formula, String variable, double value) {
        return at(formula, Map.of(variable, value));
    }

    /** erf(x) = 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹/(1·3·…·(2n + 1)), whose terms have one sign. */
    private static double erf(double x) {
        if (Math.abs(x) > FAR) {
            return Math.signum(x);
        }
        double sum = x;
        double term = x;
        for (int odd = 3; Math.abs(term) > Math.ulp(sum) / 4; odd += 2) {
            term *= 2 * x * x / odd;
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /**
     * The value for these values of its variables.
     *
     * @throws IllegalArgumentException if a variable has none
     */
    public static double at(Formula formula, Map<String, Double> variables) {
        return formula.accept(new Evaluation(variables));
    }

    public static boolean holds(Condition condition, Map<String, Double> variables) {
        return condition.accept(new Evaluation(variables));
    }

    public static double apply(Operator operator, double a, double b) {
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
        };
    }

    public static double apply(Function function, double x) {
        return switch (function) {
            case ABS -> Math.abs(x);
            case SQRT -> Math.sqrt(x);
            case LOG -> Math.log(x);
            case LOG1P -> Math.log1p(x);
            case EXPM1 -> Math.expm1(x);
            case EXP -> Math.exp(x);
            case TANH -> Math.tanh(x);
            case FLOOR -> Math.floor(x);
            case ROUND -> Math.rint(x);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case ATAN -> Math.atan(x);
            case ERF -> erf(x);
            case SIGN -> x == 0 ? 0 : Math.signum(x);
            case STEP -> Double.isNaN(x) ? x : x > 0 ? 1 : 0;
        };
    }

    static boolean compare(Relation relation, double a, double b) {
        return switch (relation) {
            case LESS -> a < b;
            case LESS_OR_EQUAL -> a <= b;
            case EQUAL -> a == b;
        };
    }

    @Override
    public Double constant(Constant formula) {
        return formula.value();
    }

    @Override
    public Double variable(Variable formula) {
        Double value = variables.get(formula.name());
        if (value == null) {
            throw new IllegalArgumentException("no value for " + formula.name());
        }
        return value;
    }

    @Override
    public Double negate(Negate formula) {
        return -formula.x().accept(this);
    }

    @Override
    public Double binary(Binary formula) {
        return apply(formula.operator(), formula.a().accept(this), formula.b().accept(this));
    }

    @Override
    public Double power(Power formula) {
        return Math.pow(formula.base().accept(this), formula.exponent());
    }

    @Override
    public Double apply(Apply formula) {
        return apply(formula.function(), formula.x().accept(this));
    }

    @Override
    public Double choose(Choose formula) {
        return formula.condition().accept(this)
                ? formula.then().accept(this)
                : formula.otherwise().accept(this);
    }

    @Override
    public Boolean comparison(Condition.Comparison condition) {
        return compare(
                condition.relation(), condition.a().accept(this), condition.b().accept(this));
    }

    @Override
    public Boolean both(Condition.Both condition) {
        return condition.a().accept(this) && condition.b().accept(this);
    }

    @Override
    public Boolean either(Condition.Either condition) {
        return condition.a().accept(this) || condition.b().accept(this);
    }

    @Override
    public Boolean not(Condition.Not condition) {
        return !condition.a().accept(this);
    }
}
