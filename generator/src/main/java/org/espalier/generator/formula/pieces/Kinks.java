package org.espalier.generator.formula.pieces;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Condition;
import org.espalier.generator.formula.Condition.Comparison;
import org.espalier.generator.formula.Condition.Relation;
import org.espalier.generator.formula.Derivative;
import org.espalier.generator.formula.Effort;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.FormulaLimitException;
import org.espalier.generator.formula.Piece;

/**
 * A formula of one variable, with its derivative at every number: between the places where one piece ends and another
 * begins it is that piece's, and at such a place, where the slopes from both sides differ, the subgradient of least
 * magnitude.
 *
 * <p>Where two pieces may meet is proved, not searched for by trial, see {@link Breaks}; each piece is a formula
 * without choices, whose value and derivative exist at the place itself. So slopes that are equal are found equal.
 *
 * @param derivative the derivative, right at kinks too
 * @param kinks in ascending order
 */
public record Kinks(Formula derivative, List<Kink> kinks) {
    /** Copies the list. */
    public Kinks {
        kinks = List.copyOf(kinks);
    }

    /** Kinks of a formula, or the first flaw that keeps it from having a derivative. */
    public record Findings(Optional<Kinks> kinks, Optional<Flaw> flaw) {
        private static Findings flawed(Flaw flaw) {
            return new Findings(Optional.empty(), Optional.of(flaw));
        }
    }

    /** Finds the kinks of a formula by itself, or its first flaw. */
    public static Findings of(Formula formula, String variable) {
        return of(formula, variable, new Effort());
    }

    /**
     * Looks at every place where a formula may be without a derivative, 0 among them: weights are 0 exactly.
     *
     * @param effort counts the work
     * @throws FormulaLimitException if the formula has too many of them, or finding them takes too long
     */
    public static Findings of(Formula formula, String variable, Effort effort) {
        Formula derivative = Derivative.of(formula, variable);
        List<Place> places = Breaks.of(formula, variable, effort);
        List<Smooth> pieces = new ArrayList<>();
        for (int i = 0; i <= places.size(); i++) {
            double inside = Place.inside(places, i);
            if (Double.isNaN(Evaluation.at(formula, variable, inside))) {
                return Findings.flawed(new Flaw.Undefined(inside));
            }
            // Where a piece is flat, what stands around it may be infinitely steep: 0 times infinity.
            if (!Double.isFinite(Evaluation.at(derivative, variable, inside))) {
                return Findings.flawed(new Flaw.Infinite(inside, false));
            }
            effort.spend(formula.size() + derivative.size());
            Formula piece = Piece.at(formula, variable, inside);
            pieces.add(new Smooth(piece, Derivative.of(piece, variable)));
        }
        List<Kink> kinks = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            double before = Math.nextDown(place.low());
            double after = Math.nextUp(place.high());
            effort.spend(formula.size() + derivative.size());
            double terms = Math.max(Terms.largest(formula, variable, before), Terms.largest(formula, variable, after));
            double slopeTerms =
                    Math.max(Terms.largest(derivative, variable, before), Terms.largest(derivative, variable, after));
            Side below = pieces.get(i).side(variable, place, terms, slopeTerms, effort);
            Side above = pieces.get(i + 1).side(variable, place, terms, slopeTerms, effort);
            Optional<Flaw> flaw =
                    flaw(place, below, above).or(() -> flawWithin(place, formula, variable, below, above, effort));
            if (flaw.isPresent()) {
                return Findings.flawed(flaw.get());
            }
            Kink kink = new Kink(place.at(), below.slope(), above.slope());
            if (!below.goesOn(above)) {
                kinks.add(kink);
            }
            double computed = Evaluation.at(derivative, variable, place.at());
            if (!Side.near(computed, kink.subgradient(), below.slopeRounding() + above.slopeRounding())) {
                Condition here =
                        new Comparison(Relation.EQUAL, Algebra.variable(variable), Algebra.constant(place.at()));
                derivative = Algebra.choose(here, Algebra.constant(kink.subgradient()), derivative);
            }
        }
        return new Findings(Optional.of(new Kinks(derivative, kinks)), Optional.empty());
    }

    /** A piece with its derivative. */
    private record Smooth(Formula value, Formula slope) {
        Side side(String variable, Place place, double terms, double slopeTerms, Effort effort) {
            return Side.of(value, slope, variable, place, terms, slopeTerms, effort);
        }
    }

    private static Optional<Flaw> flaw(Place place, Side below, Side above) {
        double at = place.at();
        if (!Double.isFinite(below.value()) || !Double.isFinite(above.value())) {
            return Optional.of(new Flaw.Infinite(at, true));
        }
        if (!below.meets(above)) {
            return Optional.of(new Flaw.Jump(at, below.value(), above.value()));
        }
        return Double.isFinite(below.slope()) && Double.isFinite(above.slope())
                ? Optional.empty()
                : Optional.of(new Flaw.Infinite(at, false));
    }

    /** At the place itself, and wherever rounding decides what holds, the value must be that of both sides too. */
    private static Optional<Flaw> flawWithin(
            Place place, Formula formula, String variable, Side below, Side above, Effort effort) {
        for (double sample : place.samples()) {
            effort.spend(formula.size());
            double value = Evaluation.at(formula, variable, sample);
            if (!Double.isFinite(value)) {
                return Optional.of(new Flaw.Infinite(place.at(), true));
            }
            if (!below.reaches(value) && !above.reaches(value)) {
                return Optional.of(new Flaw.Jump(place.at(), below.value(), value));
            }
        }
        return Optional.empty();
    }
}
