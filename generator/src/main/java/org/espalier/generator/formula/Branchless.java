package org.espalier.generator.formula;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Choose;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Power;

/**
 * Writes choices with {@code min} and {@code max} where that says the same, because the JVM turns loops over those into
 * vector instructions and loops with branches not.
 *
 * <p>Let {@code f = if u < t then A(u) else B(u)} with {@code A(t) = B(t)}. If B is a straight line of slope k, then
 * {@code f = A(min(u, t)) + k max(u − t, 0)}: below t the second term is 0, above it the first is A(t). If A is one,
 * {@code f = B(max(u, t)) + k min(u − t, 0)}. For an f that is odd in u, such as the derivative of an even one,
 * {@code if |u| < t then k u else k t sgn(u)} is {@code k max(−t, min(t, u))}. All of these keep NaN.
 */
public final class Branchless extends Rebuild {
    private static final double TOLERANCE = 1e-12;
    private static final String U = "u";

    private Branchless() {}

    /** The formula with as few choices as possible. */
    public static Formula of(Formula formula) {
        return new Branchless().rebuild(formula);
    }

    @Override
    public Formula choose(Choose formula) {
        Formula then = rebuild(formula.then());
        Formula otherwise = rebuild(formula.otherwise());
        if (formula.condition() instanceof Comparison comparison && comparison.relation() != Relation.EQUAL) {
            Optional<Formula> free = Optional.empty();
            if (comparison.b() instanceof Constant threshold) {
                free = joined(comparison.a(), threshold.value(), then, otherwise);
            } else if (comparison.a() instanceof Constant threshold) {
                free = joined(comparison.b(), threshold.value(), otherwise, then);
            }
            if (free.isPresent()) {
                return free.get();
            }
        }
        return Algebra.choose(formula.condition(), then, otherwise);
    }

    /** {@code below} where u < t, {@code above} elsewhere. */
    private static Optional<Formula> joined(Formula u, double t, Formula below, Formula above) {
        Optional<Formula> clamped = clamped(u, t, below, above);
        if (clamped.isPresent()) {
            return clamped;
        }
        Formula a = In.terms(u, below);
        Formula b = In.terms(u, above);
        if (!dependsOnlyOnU(a) || !dependsOnlyOnU(b) || !meet(Evaluation.at(a, U, t), Evaluation.at(b, U, t))) {
            return Optional.empty();
        }
        Formula bound = Algebra.constant(t);
        Formula beyond = Algebra.subtract(u, bound);
        if (Derivative.of(b, U) instanceof Constant slope) {
            return Optional.of(withLine(In.place(a, Algebra.min(u, bound)), slope, Algebra.max(beyond, Algebra.ZERO)));
        }
        if (Derivative.of(a, U) instanceof Constant slope) {
            return Optional.of(withLine(In.place(b, Algebra.max(u, bound)), slope, Algebra.min(beyond, Algebra.ZERO)));
        }
        return Optional.empty();
    }

    private static Formula withLine(Formula piece, Constant slope, Formula beyond) {
        return slope.equals(Algebra.ZERO) ? piece : Algebra.add(piece, Algebra.multiply(slope, beyond));
    }

    private static boolean meet(double a, double b) {
        return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
    }

    private static boolean dependsOnlyOnU(Formula formula) {
        return Subformulas.distinct(List.of(formula)).stream()
                .noneMatch(part -> part instanceof Formula.Variable variable
                        && !variable.name().equals(U));
    }

    private static Optional<Formula> clamped(Formula magnitude, double t, Formula below, Formula above) {
        if (!(magnitude instanceof Apply abs) || abs.function() != Function.ABS || t < 0) {
            return Optional.empty();
        }
        Formula u = abs.x();
        double k = Products.coefficient(below);
        Formula sign = Products.withoutCoefficient(above);
        boolean odd = below.equals(scaled(k, u)) && sign.equals(new Apply(Function.SIGN, u));
        return odd && meet(k * t, Products.coefficient(above))
                ? Optional.of(scaled(k, Algebra.max(Algebra.constant(-t), Algebra.min(Algebra.constant(t), u))))
                : Optional.empty();
    }

    private static Formula scaled(double factor, Formula formula) {
        return Algebra.multiply(Algebra.constant(factor), formula);
    }

    /** Writes a formula with u for a part of it, or a part for u. */
    private static final class In extends Rebuild {
        private final Formula from;
        private final Formula to;

        private In(Formula from, Formula to) {
            this.from = from;
            this.to = to;
        }

        static Formula terms(Formula u, Formula formula) {
            return new In(u, Algebra.variable(U)).replace(formula);
        }

        static Formula place(Formula formula, Formula u) {
            return new In(Algebra.variable(U), u).replace(formula);
        }

        private Formula replace(Formula formula) {
            return formula.equals(from) ? to : rebuild(formula);
        }

        @Override
        public Formula variable(Formula.Variable formula) {
            return formula.equals(from) ? to : formula;
        }

        @Override
        public Formula apply(Apply formula) {
            return formula.equals(from) ? to : super.apply(formula);
        }

        /** w² is |w|². */
        @Override
        public Formula power(Power formula) {
            boolean even = formula.exponent() % 2 == 0;
            return even && from.equals(Algebra.abs(formula.base()))
                    ? Algebra.power(to, formula.exponent())
                    : super.power(formula);
        }
    }
}
