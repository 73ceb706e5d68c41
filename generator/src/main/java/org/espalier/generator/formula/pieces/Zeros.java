package org.espalier.generator.formula.pieces;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.formula.Algebra;
import org.espalier.generator.formula.Effort;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Formula.Apply;
import org.espalier.generator.formula.Formula.Binary;
import org.espalier.generator.formula.Formula.Constant;
import org.espalier.generator.formula.Formula.Function;
import org.espalier.generator.formula.Formula.Negate;
import org.espalier.generator.formula.Formula.Operator;
import org.espalier.generator.formula.Formula.Power;
import org.espalier.generator.formula.Formula.Variable;

/**
 * Finds every zero of a formula without choices in an interval: where its sign is not certain, although it is so on
 * both sides. That a stretch has no zero is proved, by the interval of its values (Moore, Jones: Safe starting regions
 * for iterative methods, 1977); zeros that touch the axis or are too near to each other for rounding to tell them apart
 * are one place. Neither their number nor their magnitude is assumed.
 */
final class Zeros {
    /** Values of a stretch that are not so many times as wide as rounding makes those of one number are but noise. */
    private static final double NOISE = 32;

    /** A longer stretch, relatively, in which rounding decides the sign is no place: only its ends are. */
    private static final double LONGEST_PLACE = 1e-2;

    /** Below this magnitude squares are lost, and so is the sign of much else. */
    private static final double UNDERFLOW = 1e-100;

    /** Newton's method that leaves more than this of a stretch has come to where rounding decides. */
    private static final double LEAST_PROGRESS = 0.75;

    /**
     * So many stretches are proved to be without zeros, or divided. Where terms cancel out all the way to infinity, as
     * in √(w² + 1) − w, that would not end; beyond, short stretches are what their signs say.
     */
    private static final int MOST_STRETCHES = 500;

    /** Greatest length of a short stretch, relative to its middle. */
    private static final double SHORT = 1.0 / 32;

    private final Formula formula;
    private final Effort effort;
    private int stretches;
    private final List<Interval> uncertain = new ArrayList<>();

    private Zeros(Formula formula, Effort effort) {
        this.formula = formula;
        this.effort = effort;
    }

    /**
     * The zeros between two numbers, which are not both on sides of 0.
     *
     * @param formula of one variable, without choices
     */
    static List<Place> of(Formula formula, double from, double to, Effort effort) {
        effort.spend(1);
        if (formula instanceof Constant) {
            return List.of();
        }
        if (formula instanceof Variable) {
            return from <= 0 && to >= 0 ? List.of(Place.ZERO) : List.of();
        }
        if (formula instanceof Negate negated) {
            return of(negated.x(), from, to, effort);
        }
        if (formula instanceof Power power) {
            return of(power.base(), from, to, effort);
        }
        if (formula instanceof Binary binary && binary.operator() == Operator.DIVIDE) {
            return of(binary.a(), from, to, effort);
        }
        if (formula instanceof Binary binary && binary.operator() == Operator.MULTIPLY) {
            List<Place> zeros = new ArrayList<>(of(binary.a(), from, to, effort));
            zeros.addAll(of(binary.b(), from, to, effort));
            return zeros;
        }
        if (formula instanceof Apply apply && apply.function() != Function.LOG) {
            return apply.function() == Function.EXP ? List.of() : of(apply.x(), from, to, effort);
        }
        Optional<Formula> simpler = underSameFunction(formula);
        if (simpler.isPresent()) {
            return of(simpler.get(), from, to, effort);
        }
        if (Polynomial.isNothing(formula)) {
            return List.of();
        }
        Zeros zeros = new Zeros(formula, effort);
        zeros.search(from, to);
        return zeros.places();
    }

    /** Simplifies √a − √b to a − b, which is 0 at the same places; and so with every function that only increases. */
    private static Optional<Formula> underSameFunction(Formula formula) {
        return formula instanceof Binary difference
                        && difference.operator() == Operator.SUBTRACT
                        && difference.a() instanceof Apply one
                        && difference.b() instanceof Apply other
                        && one.function() == other.function()
                ? Optional.of(Algebra.subtract(one.x(), other.x()))
                : Optional.empty();
    }

    private Enclosure over(double from, double to) {
        return Enclosures.of(formula, new Interval(from, to), effort);
    }

    private Enclosure at(double number) {
        return over(number, number);
    }

    private Interval value(double number) {
        return Values.of(formula, Interval.at(number), effort);
    }

    private void search(double from, double to) {
        Interval values = Values.of(formula, new Interval(from, to), effort);
        if (values.isUndefined() || values.excludesZero()) {
            return;
        }
        Enclosure here = over(from, to);
        if (here.slope().excludesZero()) {
            searchMonotone(from, to, here.slope().sign());
            return;
        }
        double middle = middle(from, to);
        Enclosure inside = at(middle);
        values = values.and(expanded(inside, here, from, middle, to));
        if (values.excludesZero() || values.magnitude() == 0 || isOverflow(inside.value())) {
            return;
        }
        stretches++;
        boolean isNoise = inside.value().contains(0)
                && values.width() <= NOISE * inside.value().width()
                && value(from).sign() == 0
                && value(to).sign() == 0;
        if (middle == from || middle == to || isNoise) {
            uncertain.add(new Interval(from, to));
        } else if (stretches > MOST_STRETCHES && to - from <= SHORT * Math.abs(middle)) {
            searchBySigns(from, middle, to);
        } else if (here.curvature().excludesZero()) {
            searchAroundExtremum(from, to, here.curvature().sign());
        } else {
            search(from, middle);
            search(middle, to);
        }
    }

    /** Tells whether a difference is one of infinities, which generated code cannot tell from another. */
    private static boolean isOverflow(Interval value) {
        return !value.isUndefined() && !value.isBounded();
    }

    /** Bounds the values by Taylor's theorem: they are in p(m) + p′ h and in p(m) + p′(m) h + p″ h²/2. */
    private static Interval expanded(Enclosure inside, Enclosure here, double from, double middle, double to) {
        Interval step = new Interval(from, to).subtract(Interval.at(middle));
        Interval first = inside.value().add(here.slope().multiply(step));
        Interval second = inside.value()
                .add(inside.slope().multiply(step))
                .add(here.curvature().multiply(step.power(2)).multiply(Interval.at(0.5)));
        Interval both = first.and(second);
        return both.isUndefined() ? Interval.ALL : both;
    }

    /** Takes a short stretch for what the signs at its ends and in its middle say. */
    private void searchBySigns(double from, double middle, double to) {
        int inside = value(middle).sign();
        if (inside == 0) {
            uncertain.add(new Interval(from, to));
            return;
        }
        if (value(from).sign() != inside) {
            searchMonotone(from, middle, inside);
        }
        if (value(to).sign() != inside) {
            searchMonotone(middle, to, -inside);
        }
    }

    /**
     * Finds the one zero that there may be, by halving and by Newton's method on intervals.
     *
     * @param direction 1 if the values rise, −1 if they fall
     */
    private void searchMonotone(double from, double to, int direction) {
        if (value(from).sign() == direction || value(to).sign() == -direction) {
            return;
        }
        double low = from;
        double high = to;
        boolean narrows = true;
        while (narrows) {
            double middle = middle(low, high);
            Interval value = value(middle);
            boolean halves = value.sign() != 0 && middle != low && middle != high;
            double before = high - low;
            if (value.sign() == direction) {
                high = middle;
            } else if (value.sign() == -direction) {
                low = middle;
            }
            Interval narrowed = Interval.at(middle)
                    .subtract(value.divide(over(low, high).slope()))
                    .and(new Interval(low, high));
            if (!narrowed.isUndefined()) {
                low = narrowed.low();
                high = narrowed.high();
            }
            double left = high - low;
            narrows = left > 0 && (halves || (left < before && left <= before * LEAST_PROGRESS));
        }
        uncertain.add(new Interval(low, high));
    }

    /** Searches below where the slope is 0, there, and above. */
    private void searchAroundExtremum(double from, double to, int curvature) {
        double below = lastWithSlope(from, to, -curvature);
        double above = lastWithSlope(to, below, curvature);
        searchMonotone(from, below, -curvature);
        if (!Values.of(formula, new Interval(below, above), effort).excludesZero()) {
            uncertain.add(new Interval(below, above));
        }
        searchMonotone(above, to, curvature);
    }

    /** The number farthest from one end at which the slope still has a sign for sure; the end if it has not. */
    private double lastWithSlope(double end, double other, int sign) {
        double last = end;
        double first = other;
        if (at(other).slope().sign() == sign) {
            return other;
        }
        while (true) {
            double middle = Math.min(last, first) == last ? middle(last, first) : middle(first, last);
            if (middle == last || middle == first || at(last).slope().sign() != sign) {
                return last;
            }
            if (at(middle).slope().sign() == sign) {
                last = middle;
            } else {
                first = middle;
            }
        }
    }

    /** Halfway between two numbers of one sign, as doubles are counted: between magnitudes first. */
    private static double middle(double from, double to) {
        long least = Double.doubleToRawLongBits(Math.abs(from));
        long greatest = Double.doubleToRawLongBits(Math.abs(to));
        double magnitude = Double.longBitsToDouble(least + (greatest - least) / 2);
        return from < 0 ? -magnitude : magnitude;
    }

    /** Joins uncertain intervals that are neighbours, and makes places of them. */
    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        int i = 0;
        while (i < uncertain.size()) {
            double low = uncertain.get(i).low();
            double high = uncertain.get(i).high();
            for (i++; i < uncertain.size() && uncertain.get(i).low() <= high; i++) {
                high = Math.max(high, uncertain.get(i).high());
            }
            double magnitude = Math.max(Math.abs(low), Math.abs(high));
            if (high - low <= LONGEST_PLACE * magnitude || magnitude < UNDERFLOW) {
                places.add(Place.between(low, high));
            } else {
                places.add(Place.vague(low));
                places.add(Place.vague(high));
            }
        }
        return places;
    }
}
