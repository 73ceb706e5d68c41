package org.espalier.generator.formula;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Formula.Power;

/** Products and quotients, of which not both sides are numbers. A number goes to the front of its product. */
final class Products {
    private Products() {}

    private static boolean is(Operator operator, Formula formula) {
        return formula instanceof Binary binary && binary.operator() == operator;
    }

    /** c of {@code c * x}; −1 of −x, 1 of anything else. */
    static double coefficient(Formula formula) {
        if (formula instanceof Negate) {
            return -1;
        }
        return formula instanceof Binary product
                        && product.operator() == Operator.MULTIPLY
                        && product.a() instanceof Constant constant
                ? constant.value()
                : 1;
    }

    /** x of {@code c * x} and of −x. */
    static Formula withoutCoefficient(Formula formula) {
        if (formula instanceof Negate negated) {
            return negated.x();
        }
        return formula instanceof Binary product
                        && product.operator() == Operator.MULTIPLY
                        && product.a() instanceof Constant
                ? product.b()
                : formula;
    }

    /** Both sides of a product; anything else alone. */
    static List<Formula> factors(Formula formula) {
        return formula instanceof Binary product && product.operator() == Operator.MULTIPLY
                ? List.of(product.a(), product.b())
                : List.of(formula);
    }

    static Formula multiply(Formula a, Formula b) {
        if (b instanceof Constant) {
            return Algebra.multiply(b, a);
        }
        if (a instanceof Constant factor) {
            return scaled(factor.value(), b);
        }
        if (isOfNumbers(a)) {
            return Algebra.multiply(((Binary) a).a(), Algebra.multiply(((Binary) a).b(), b));
        }
        if (isOfNumbers(b)) {
            return multiply(b, a);
        }
        double factor = coefficient(a) * coefficient(b);
        if ((coefficient(a) != 1 || coefficient(b) != 1) && Algebra.isFactor(factor)) {
            return Algebra.multiply(
                    Algebra.constant(factor), Algebra.multiply(withoutCoefficient(a), withoutCoefficient(b)));
        }
        if (is(Operator.DIVIDE, b)) {
            return Algebra.divide(Algebra.multiply(a, ((Binary) b).a()), ((Binary) b).b());
        }
        if (is(Operator.DIVIDE, a)) {
            return Algebra.divide(Algebra.multiply(((Binary) a).a(), b), ((Binary) a).b());
        }
        return together(a, b)
                .or(() -> together(b, a))
                .or(() -> gathered(a, b))
                .or(() -> gathered(b, a))
                .orElseGet(() -> new Binary(Operator.MULTIPLY, a, b));
    }

    /** x (x y) is x² y. */
    private static Optional<Formula> gathered(Formula x, Formula product) {
        if (!is(Operator.MULTIPLY, product)) {
            return Optional.empty();
        }
        Formula first = ((Binary) product).a();
        Formula second = ((Binary) product).b();
        return together(x, first)
                .or(() -> together(first, x))
                .map(one -> Algebra.multiply(one, second))
                .or(() -> together(x, second).or(() -> together(second, x)).map(one -> Algebra.multiply(first, one)));
    }

    private static Formula scaled(double factor, Formula x) {
        if (factor == 1) {
            return x;
        }
        if (factor == -1) {
            return Algebra.negate(x);
        }
        if (coefficient(x) != 1) {
            return ifFactor(factor * coefficient(x), withoutCoefficient(x), factor, x);
        }
        if (x instanceof Binary quotient && quotient.operator() == Operator.DIVIDE) {
            if (quotient.b() instanceof Constant divisor && divisor.value() != 0) {
                return ifFactor(factor / divisor.value(), quotient.a(), factor, x);
            }
            return Algebra.divide(Algebra.multiply(Algebra.constant(factor), quotient.a()), quotient.b());
        }
        if (x instanceof Binary sum && sum.operator() == Operator.ADD && sum.a() instanceof Constant) {
            // e (1 + x / e) is e + x: one operation less.
            Formula scaled = Algebra.multiply(Algebra.constant(factor), sum.b());
            if (scaled.size() < sum.b().size()) {
                return Algebra.add(Algebra.multiply(Algebra.constant(factor), sum.a()), scaled);
            }
        }
        return new Binary(Operator.MULTIPLY, Algebra.constant(factor), x);
    }

    /** Tells whether it is a product of two numbers that are not taken together. */
    private static boolean isOfNumbers(Formula formula) {
        return is(Operator.MULTIPLY, formula)
                && ((Binary) formula).a() instanceof Constant
                && ((Binary) formula).b() instanceof Constant;
    }

    private static Formula ifFactor(double factor, Formula x, double otherwise, Formula scaled) {
        return Algebra.isFactor(factor)
                ? Algebra.multiply(Algebra.constant(factor), x)
                : new Binary(Operator.MULTIPLY, Algebra.constant(otherwise), scaled);
    }

    /** Simplifies the product of two factors: x x, |x| |x|, sgn(x) |x|, sgn(x) x; empty for others. */
    private static Optional<Formula> together(Formula a, Formula b) {
        if (a.equals(b)) {
            return Optional.of(Algebra.power(a, 2));
        }
        if (a instanceof Power power && power.exponent() > 0 && Algebra.isWhole(power.exponent())) {
            if (power.base().equals(b) && Algebra.isExponent(power.exponent() + 1)) {
                return Optional.of(Algebra.power(b, power.exponent() + 1));
            }
            if (b instanceof Power other
                    && other.base().equals(power.base())
                    && Algebra.isWhole(other.exponent())
                    && Algebra.isExponent(power.exponent() + other.exponent())) {
                return Optional.of(Algebra.power(power.base(), power.exponent() + other.exponent()));
            }
        }
        if (a instanceof Apply sign && sign.function() == Function.SIGN) {
            if (b.equals(Algebra.abs(sign.x()))) {
                return Optional.of(sign.x());
            }
            if (b.equals(sign.x())) {
                return Optional.of(Algebra.abs(b));
            }
        }
        return Optional.empty();
    }

    static Formula divide(Formula a, Formula b) {
        if (b instanceof Constant divisor) {
            return dividedBy(divisor.value(), a);
        }
        double above = a instanceof Constant constant ? constant.value() : coefficient(a);
        double below = coefficient(b);
        if (below != 1 && below != 0 && Algebra.isFactor(above / below)) {
            Formula rest = a instanceof Constant ? Algebra.ONE : withoutCoefficient(a);
            return Algebra.divide(Algebra.multiply(Algebra.constant(above / below), rest), withoutCoefficient(b));
        }
        if (b instanceof Binary quotient
                && quotient.operator() == Operator.DIVIDE
                && quotient.b() instanceof Constant constant) {
            return Algebra.divide(Algebra.multiply(constant, a), quotient.a());
        }
        if (a instanceof Binary quotient && quotient.operator() == Operator.DIVIDE) {
            return Algebra.divide(quotient.a(), Algebra.multiply(quotient.b(), b));
        }
        if (a instanceof Negate negated) {
            return Algebra.negate(Algebra.divide(negated.x(), b));
        }
        return new Binary(Operator.DIVIDE, a, b);
    }

    private static Formula dividedBy(double divisor, Formula x) {
        if (divisor == 1 || divisor == -1) {
            return divisor == 1 ? x : Algebra.negate(x);
        }
        double factor = coefficient(x) / divisor;
        if (coefficient(x) != 1 && Algebra.isFactor(factor)) {
            return Algebra.isWhole(1 / factor)
                    ? Algebra.divide(withoutCoefficient(x), Algebra.constant(1 / factor))
                    : Algebra.multiply(Algebra.constant(factor), withoutCoefficient(x));
        }
        if (x instanceof Binary quotient
                && quotient.operator() == Operator.DIVIDE
                && quotient.b() instanceof Constant other
                && Algebra.isFactor(other.value() * divisor)) {
            return Algebra.divide(quotient.a(), Algebra.constant(other.value() * divisor));
        }
        return new Binary(Operator.DIVIDE, x, Algebra.constant(divisor));
    }
}
