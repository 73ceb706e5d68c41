package org.espalier.generator.formula.pieces;

import org.espalier.generator.formula.Effort;
import org.espalier.generator.formula.Evaluation;
import org.espalier.generator.formula.Formula;

/**
 * Value and slope that a piece comes to at its end.
 *
 * @param value NaN or infinite if it has none
 * @param valueRounding between how many numbers the value lies: what rounding may do to it, computed on intervals
 * @param values what the piece comes to anywhere in the place
 * @param slope NaN or infinite if it has none
 * @param slopeRounding the same for the slope
 */
record Side(double value, double valueRounding, Interval values, double slope, double slopeRounding) {
    private static final double TOLERANCE = 1e-9;

    /**
     * Multiple of the rounding of a number up to which a difference is still taken for rounding: constants are often
     * written with a few digits less than a double has.
     */
    private static final double ROUNDING = 0x1p14;

    /**
     * The end of a piece.
     *
     * @param derivative the derivative of the piece
     * @param terms the size of what the value is computed from
     * @param slopeTerms the same for the slope
     */
    static Side of(
            Formula piece,
            Formula derivative,
            String variable,
            Place place,
            double terms,
            double slopeTerms,
            Effort effort) {
        Enclosure at = Enclosures.of(piece, Interval.at(place.at()), effort);
        Enclosure around = place.low() == place.high()
                ? at
                : Enclosures.of(piece, new Interval(place.low(), place.high()), effort);
        double value = end(Evaluation.at(piece, variable, place.at()), around.value(), place);
        double slope = end(Evaluation.at(derivative, variable, place.at()), around.slope(), place);
        return new Side(
                value,
                Math.max(rounding(at.value(), around.value()), Math.ulp(terms)),
                around.value(),
                slope,
                Math.max(rounding(at.slope(), around.slope()), Math.ulp(slopeTerms)));
    }

    /** The computed number; if the place is a little outside of the piece, the middle of what there is inside. */
    private static double end(double computed, Interval around, Place place) {
        if (place.isSharp() && !around.isUndefined() && !around.isBounded()) {
            return Double.POSITIVE_INFINITY;
        }
        return Double.isNaN(computed) ? around.low() / 2 + around.high() / 2 : computed;
    }

    private static double rounding(Interval at, Interval around) {
        return at.isUndefined() ? around.width() : at.width();
    }

    /** Tells whether the value of the other side is this one's, but for rounding. */
    boolean meets(Side other) {
        return near(value, other.value, valueRounding + other.valueRounding);
    }

    /** Tells whether a value is this side's somewhere in the place, but for rounding. */
    boolean reaches(double there) {
        double nearest = Math.max(values.low(), Math.min(there, values.high()));
        return near(nearest, there, valueRounding);
    }

    /** Tells whether the slope of the other side is this one's, but for rounding. */
    boolean goesOn(Side other) {
        return near(slope, other.slope, slopeRounding + other.slopeRounding);
    }

    static boolean near(double a, double b, double rounding) {
        return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) + ROUNDING * rounding;
    }
}
