package org.espalier.generator.formula;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Relation;

/**
 * A formula of one variable, with its derivative at every number: between the places where one piece ends and another
 * begins it is that piece's, and at such a place, where the slopes from both sides differ, the subgradient of least
 * magnitude.
 *
 * <p>Where two pieces meet is computed, not searched for by trial: each piece is a formula without choices, whose value
 * and derivative exist at the place itself. So slopes that are equal are found equal.
 *
 * @param derivative the derivative, right at kinks too
 * @param kinks in ascending order
 */
public record Kinks(Formula derivative, List<Kink> kinks) {
    private static final double TOLERANCE = 1e-9;

    /** Copies the list. */
    public Kinks {
        kinks = List.copyOf(kinks);
    }

    /** What was found of a formula, or the first thing that keeps it from having a derivative. */
    public record Findings(Optional<Kinks> kinks, Optional<Flaw> flaw) {
        private static Findings flawed(Flaw flaw) {
            return new Findings(Optional.empty(), Optional.of(flaw));
        }
    }

    /** Looks at every place where a formula may be without a derivative, 0 among them: weights are 0 exactly. */
    public static Findings of(Formula formula, String variable) {
        List<Double> breaks = Breaks.of(formula, variable);
        List<Formula> pieces = new ArrayList<>();
        for (int i = 0; i <= breaks.size(); i++) {
            double inside = inside(breaks, i);
            if (Double.isNaN(Evaluation.at(formula, variable, inside))) {
                return Findings.flawed(new Flaw.Undefined(inside));
            }
            pieces.add(Piece.at(formula, variable, inside));
        }
        Formula derivative = Derivative.of(formula, variable);
        for (int i = 0; i <= breaks.size(); i++) {
            // Where a piece is flat, what stands around it may be infinitely steep: 0 times infinity.
            if (!Double.isFinite(Evaluation.at(derivative, variable, inside(breaks, i)))) {
                return Findings.flawed(new Flaw.Infinite(inside(breaks, i), false));
            }
        }
        List<Kink> kinks = new ArrayList<>();
        for (int i = 0; i < breaks.size(); i++) {
            double at = breaks.get(i);
            Side below = Side.of(pieces.get(i), variable, at);
            Side above = Side.of(pieces.get(i + 1), variable, at);
            Optional<Flaw> flaw = flaw(at, Evaluation.at(formula, variable, at), below, above);
            if (flaw.isPresent()) {
                return Findings.flawed(flaw.get());
            }
            Kink kink = new Kink(at, below.slope(), above.slope());
            if (!near(below.slope(), above.slope())) {
                kinks.add(kink);
            }
            if (!near(Evaluation.at(derivative, variable, at), kink.subgradient())) {
                Condition here = new Comparison(Relation.EQUAL, Algebra.variable(variable), Algebra.constant(at));
                derivative = Algebra.choose(here, Algebra.constant(kink.subgradient()), derivative);
            }
        }
        return new Findings(Optional.of(new Kinks(derivative, kinks)), Optional.empty());
    }

    /** A number between two neighbouring breaks, or beyond the outermost. */
    private static double inside(List<Double> breaks, int interval) {
        if (interval == 0) {
            return breaks.get(0) - Math.max(1, Math.abs(breaks.get(0)));
        }
        double before = breaks.get(interval - 1);
        return interval == breaks.size()
                ? before + Math.max(1, Math.abs(before))
                : before / 2 + breaks.get(interval) / 2;
    }

    /** What a piece comes to at its end. */
    private record Side(double value, double slope) {
        static Side of(Formula piece, String variable, double at) {
            return new Side(
                    Evaluation.at(piece, variable, at), Evaluation.at(Derivative.of(piece, variable), variable, at));
        }
    }

    private static Optional<Flaw> flaw(double at, double value, Side below, Side above) {
        if (!Double.isFinite(value) || !Double.isFinite(below.value()) || !Double.isFinite(above.value())) {
            return Optional.of(new Flaw.Infinite(at, true));
        }
        if (!near(below.value(), above.value()) || !near(value, above.value())) {
            return Optional.of(new Flaw.Jump(at, below.value(), above.value()));
        }
        return Double.isFinite(below.slope()) && Double.isFinite(above.slope())
                ? Optional.empty()
                : Optional.of(new Flaw.Infinite(at, false));
    }

    private static boolean near(double a, double b) {
        return Math.abs(a - b) <= TOLERANCE * Math.max(1e-3, Math.max(Math.abs(a), Math.abs(b)));
    }
}
