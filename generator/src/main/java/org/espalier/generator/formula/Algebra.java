package org.espalier.generator.formula;

import java.util.List;
import java.util.Map;
import org.espalier.generator.formula.Condition.Comparison;
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

/**
 * Makes formulas, simplified as far as that goes without looking at more than their uppermost parts.
 *
 * <p>A simplification keeps the value at every finite number, up to rounding, and keeps NaN what it is. So {@code 0 *
 * x}, {@code x - x} and {@code x / x} are left alone: x may be NaN or infinite. (That the derivative of a constant is
 * 0, and that a product's is without its part, is the rule of differentiation and no simplification.)
 */
public final class Algebra {
    /** 0. */
    public static final Formula ZERO = new Constant(0);

    /** 1. */
    public static final Formula ONE = new Constant(1);

    private Algebra() {}

    /**
     * Numbers, and exponents, that several are not taken together beyond: what float32 holds with room to spare, so
     * that no product of what each precision holds becomes one that it does not.
     */
    private static final double LARGEST = 0x1p100;

    private static final double LARGEST_EXPONENT = 1 << 24;

    /** Tells whether numbers may be taken together to this one, as a factor. */
    static boolean isFactor(double number) {
        return Math.abs(number) >= 1 / LARGEST && Math.abs(number) <= LARGEST;
    }

    /** Tells whether numbers may be taken together to this one, as a summand. */
    static boolean isSummand(double number) {
        return Math.abs(number) <= LARGEST;
    }

    /** Tells whether exponents may be taken together to this one. */
    static boolean isExponent(double number) {
        return number <= LARGEST_EXPONENT;
    }

    /** A finite number. */
    public static Formula constant(double value) {
        return new Constant(value);
    }

    /** Makes a variable. */
    public static Formula variable(String name) {
        return new Variable(name);
    }

    /** a operator b. */
    public static Formula binary(Operator operator, Formula a, Formula b) {
        if (a instanceof Constant one && b instanceof Constant other) {
            double value = Evaluation.apply(operator, one.value(), other.value());
            return isTogether(operator, one.value(), other.value(), value)
                    ? constant(value)
                    : new Binary(operator, a, b);
        }
        return switch (operator) {
            case ADD -> Sums.add(a, b);
            case SUBTRACT -> Sums.subtract(a, b);
            case MULTIPLY -> Products.multiply(a, b);
            case DIVIDE -> Products.divide(a, b);
            case MIN, MAX -> a.equals(b) ? a : new Binary(operator, a, b);
        };
    }

    private static boolean isTogether(Operator operator, double a, double b, double value) {
        return Double.isFinite(value)
                && switch (operator) {
                    case ADD, SUBTRACT -> isSummand(value) || a == 0 || b == 0;
                    case MULTIPLY, DIVIDE -> isFactor(value) || a == 0 || a == 1 || b == 0 || b == 1;
                    case MIN, MAX -> true;
                };
    }

    /** a + b. */
    public static Formula add(Formula a, Formula b) {
        return binary(Operator.ADD, a, b);
    }

    /** a − b. */
    public static Formula subtract(Formula a, Formula b) {
        return binary(Operator.SUBTRACT, a, b);
    }

    /** a · b. */
    public static Formula multiply(Formula a, Formula b) {
        return binary(Operator.MULTIPLY, a, b);
    }

    /** a / b. */
    public static Formula divide(Formula a, Formula b) {
        return binary(Operator.DIVIDE, a, b);
    }

    /** The lesser. */
    public static Formula min(Formula a, Formula b) {
        return binary(Operator.MIN, a, b);
    }

    /** The greater. */
    public static Formula max(Formula a, Formula b) {
        return binary(Operator.MAX, a, b);
    }

    /** −x. */
    public static Formula negate(Formula x) {
        if (x instanceof Constant constant) {
            return constant(-constant.value());
        }
        if (x instanceof Negate negated) {
            return negated.x();
        }
        if (x instanceof Binary binary) {
            boolean led = binary.a() instanceof Constant || Products.coefficient(binary.a()) != 1;
            if (binary.operator() == Operator.SUBTRACT) {
                return subtract(binary.b(), binary.a());
            }
            if (binary.operator() == Operator.MULTIPLY && binary.a() instanceof Constant) {
                return multiply(negate(binary.a()), binary.b());
            }
            if (binary.operator() == Operator.DIVIDE && led) {
                return divide(negate(binary.a()), binary.b());
            }
        }
        return new Negate(x);
    }

    /** baseᵉˣᵖᵒⁿᵉⁿᵗ. */
    public static Formula power(Formula base, double exponent) {
        if (base instanceof Constant constant && Double.isFinite(Math.pow(constant.value(), exponent))) {
            return constant(Math.pow(constant.value(), exponent));
        }
        if (exponent == 0 || exponent == 1) {
            return exponent == 0 ? ONE : base;
        }
        if (exponent == 0.5) {
            return apply(Function.SQRT, base);
        }
        if (exponent < 0) {
            return divide(ONE, power(base, -exponent));
        }
        if (isWhole(exponent)
                && base instanceof Power power
                && isWhole(power.exponent())
                && isExponent(power.exponent() * exponent)) {
            return power(power.base(), power.exponent() * exponent);
        }
        if (isEven(exponent) && base instanceof Apply apply && apply.function() == Function.ABS) {
            return power(apply.x(), exponent);
        }
        if (isEven(exponent) && base instanceof Negate negated) {
            return power(negated.x(), exponent);
        }
        return new Power(base, exponent);
    }

    public static boolean isWhole(double number) {
        return number == Math.rint(number);
    }

    private static boolean isEven(double exponent) {
        return isWhole(exponent / 2);
    }

    /** function(x). */
    public static Formula apply(Function function, Formula x) {
        if (x instanceof Constant constant) {
            double value = Evaluation.apply(function, constant.value());
            return Double.isFinite(value) ? constant(value) : new Apply(function, x);
        }
        return switch (function) {
            case ABS -> abs(x);
            case SQRT -> sqrt(x);
            case SIGN, STEP -> sign(function, x);
            default -> new Apply(function, x);
        };
    }

    /** |x|. */
    public static Formula abs(Formula x) {
        if (isNeverNegative(x)) {
            return x;
        }
        if (x instanceof Negate negated) {
            return abs(negated.x());
        }
        double factor = Products.coefficient(x);
        if (factor != 1) {
            return multiply(constant(Math.abs(factor)), abs(Products.withoutCoefficient(x)));
        }
        return x instanceof Binary binary
                        && binary.operator() == Operator.DIVIDE
                        && binary.b() instanceof Constant divisor
                ? divide(abs(binary.a()), constant(Math.abs(divisor.value())))
                : new Apply(Function.ABS, x);
    }

    /** √(x²) is |x|, which unlike it has a derivative everywhere but at 0, and does not overflow. */
    private static Formula sqrt(Formula x) {
        if (x instanceof Power power && isEven(power.exponent())) {
            return power(abs(power.base()), power.exponent() / 2);
        }
        double factor = Products.coefficient(x);
        if (factor > 0 && factor != 1) {
            return multiply(constant(Math.sqrt(factor)), sqrt(Products.withoutCoefficient(x)));
        }
        return new Apply(Function.SQRT, x);
    }

    private static Formula sign(Function function, Formula x) {
        double factor = Products.coefficient(x);
        if (factor > 0 && factor != 1) {
            return apply(function, Products.withoutCoefficient(x));
        }
        if (function == Function.SIGN && factor < 0) {
            return negate(apply(function, negate(x)));
        }
        return x instanceof Binary binary
                        && binary.operator() == Operator.DIVIDE
                        && binary.b() instanceof Constant divisor
                        && divisor.value() > 0
                ? apply(function, binary.a())
                : new Apply(function, x);
    }

    /** Tells whether its form alone says that it is at least 0 wherever it has a value. */
    static boolean isNeverNegative(Formula x) {
        if (x instanceof Constant constant) {
            return constant.value() >= 0;
        }
        if (x instanceof Power power) {
            return isEven(power.exponent()) || isNeverNegative(power.base());
        }
        if (x instanceof Apply apply) {
            return List.of(Function.ABS, Function.SQRT, Function.EXP, Function.STEP)
                    .contains(apply.function());
        }
        return x instanceof Binary binary
                && binary.operator() != Operator.SUBTRACT
                && isNeverNegative(binary.a())
                && isNeverNegative(binary.b());
    }

    /** One of two; nothing to choose where they are equal, the condition is known, or the same was asked before. */
    public static Formula choose(Condition condition, Formula then, Formula otherwise) {
        if (then instanceof Choose inner && inner.condition().equals(condition)) {
            return choose(condition, inner.then(), otherwise);
        }
        if (otherwise instanceof Choose inner && inner.condition().equals(condition)) {
            return choose(condition, then, inner.otherwise());
        }
        if (then.equals(otherwise)) {
            return then;
        }
        if (Subformulas.comparisons(condition).stream().allMatch(Algebra::isKnown)) {
            return Evaluation.holds(condition, Map.of()) ? then : otherwise;
        }
        return new Choose(condition, then, otherwise);
    }

    private static boolean isKnown(Comparison comparison) {
        return comparison.a() instanceof Constant && comparison.b() instanceof Constant;
    }

    /** Tells whether a formula varies with a variable. */
    public static boolean mentions(Formula formula, String variable) {
        return Subformulas.distinct(List.of(formula)).contains(new Variable(variable));
    }

    /** a < b. */
    public static Condition less(Formula a, Formula b) {
        return new Comparison(Relation.LESS, a, b);
    }
}
