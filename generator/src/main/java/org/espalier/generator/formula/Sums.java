package org.espalier.generator.formula;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Operator;

/** Sums and differences, of which not both sides are numbers. */
final class Sums {
    private Sums() {}

    static Formula add(Formula a, Formula b) {
        if (a.equals(Algebra.ZERO) || b.equals(Algebra.ZERO)) {
            return a.equals(Algebra.ZERO) ? b : a;
        }
        if (Products.coefficient(b) < 0 || Products.coefficient(a) < 0) {
            return Products.coefficient(b) < 0
                    ? Algebra.subtract(a, Algebra.negate(b))
                    : Algebra.subtract(b, Algebra.negate(a));
        }
        if (b instanceof Constant shift && a instanceof Binary sum) {
            Optional<Formula> shifted = shifted(sum, shift.value());
            if (shifted.isPresent()) {
                return shifted.get();
            }
        }
        if (a instanceof Constant && b instanceof Binary sum && isShift(sum)) {
            return Algebra.add(b, a);
        }
        return like(Operator.ADD, a, b)
                .or(() -> common(Operator.ADD, a, b))
                .orElseGet(() -> new Binary(Operator.ADD, a, b));
    }

    static Formula subtract(Formula a, Formula b) {
        if (a.equals(Algebra.ZERO) || b.equals(Algebra.ZERO)) {
            return b.equals(Algebra.ZERO) ? a : Algebra.negate(b);
        }
        if (Products.coefficient(b) < 0 && Products.coefficient(a) >= 0) {
            return Algebra.add(a, Algebra.negate(b));
        }
        if (b instanceof Constant shift && a instanceof Binary sum) {
            Optional<Formula> shifted = shifted(sum, -shift.value());
            if (shifted.isPresent()) {
                return shifted.get();
            }
        }
        if (b instanceof Constant shift && shift.value() < 0) {
            return new Binary(Operator.ADD, a, Algebra.negate(b));
        }
        return like(Operator.SUBTRACT, a, b)
                .or(() -> common(Operator.SUBTRACT, a, b))
                .orElseGet(() -> new Binary(Operator.SUBTRACT, a, b));
    }

    private static boolean isShift(Binary sum) {
        boolean additive = sum.operator() == Operator.ADD || sum.operator() == Operator.SUBTRACT;
        return additive && (sum.a() instanceof Constant || sum.b() instanceof Constant);
    }

    /** (x + c) + shift, the numbers taken together. */
    private static Optional<Formula> shifted(Binary sum, double shift) {
        if (!isShift(sum)) {
            return Optional.empty();
        }
        boolean plus = sum.operator() == Operator.ADD;
        if (sum.a() instanceof Constant c) {
            if (!Algebra.isSummand(c.value() + shift)) {
                return Optional.empty();
            }
            Formula together = Algebra.add(c, Algebra.constant(shift));
            return Optional.of(plus ? Algebra.add(together, sum.b()) : Algebra.subtract(together, sum.b()));
        }
        double c = ((Constant) sum.b()).value() * (plus ? 1 : -1) + shift;
        if (!Algebra.isSummand(c)) {
            return Optional.empty();
        }
        return Optional.of(
                c < 0 ? Algebra.subtract(sum.a(), Algebra.constant(-c)) : Algebra.add(sum.a(), Algebra.constant(c)));
    }

    /** 2 x + 3 x is 5 x; but x − x stays, since x may be infinite. */
    private static Optional<Formula> like(Operator operator, Formula a, Formula b) {
        Formula x = Products.withoutCoefficient(a);
        double factor = Evaluation.apply(operator, Products.coefficient(a), Products.coefficient(b));
        return x.equals(Products.withoutCoefficient(b)) && Algebra.isFactor(factor)
                ? Optional.of(Algebra.multiply(Algebra.constant(factor), x))
                : Optional.empty();
    }

    /** x y + x z is x (y + z). */
    private static Optional<Formula> common(Operator operator, Formula a, Formula b) {
        for (Formula factor : Products.factors(a)) {
            if (Products.factors(b).contains(factor) && !factor.equals(Algebra.ONE)) {
                return Optional.of(
                        Algebra.multiply(factor, Algebra.binary(operator, without(factor, a), without(factor, b))));
            }
        }
        return Optional.empty();
    }

    private static Formula without(Formula factor, Formula product) {
        List<Formula> factors = Products.factors(product);
        return factors.size() == 1 ? Algebra.ONE : factors.get(1 - factors.indexOf(factor));
    }
}
