package org.espalier.generator.formula.pieces;

import java.util.function.DoubleUnaryOperator;
import org.espalier.generator.formula.Algebra;

/**
 * All real numbers between two doubles: where a number lies that is not known exactly. Arithmetic rounds outwards, so
 * that the result for any numbers of the operands lies in the interval of the result (Moore, Interval Analysis, 1966).
 * Operands beyond a function's domain are left out of account; an interval with nothing in the domain has no value.
 *
 * @param low the least number; never +∞, NaN without a value
 * @param high the greatest; never −∞, NaN without a value
 */
record Interval(double low, double high) {
    static final Interval ZERO = at(0);
    static final Interval ONE = at(1);
    static final Interval ALL = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    private static final Interval NONE = new Interval(Double.NaN, Double.NaN);

    /** Below this, products of doubles lose digits, and their errors cannot be told by another product. */
    private static final double SMALLEST_EXACT = 1e-290;

    /** Error bound of the functions of {@link StrictMath}, in neighbours, and one more. */
    private static final int ULPS = 3;

    /** One number. */
    static Interval at(double value) {
        return new Interval(value, value);
    }

    boolean isUndefined() {
        return Double.isNaN(low);
    }

    boolean isBounded() {
        return !Double.isInfinite(low) && !Double.isInfinite(high);
    }

    boolean contains(double value) {
        return low <= value && value <= high;
    }

    /** Tells whether it is known that no number in it is 0. */
    boolean excludesZero() {
        return low > 0 || high < 0;
    }

    /** −1 or 1 where every number has that sign, else 0. */
    int sign() {
        return low > 0 ? 1 : high < 0 ? -1 : 0;
    }

    double width() {
        return high - low;
    }

    /** The largest magnitude in it. */
    double magnitude() {
        return Math.max(Math.abs(low), Math.abs(high));
    }

    Interval negate() {
        return new Interval(-high, -low);
    }

    Interval add(Interval other) {
        return new Interval(sumBelow(low, other.low), sumAbove(high, other.high));
    }

    Interval subtract(Interval other) {
        return add(other.negate());
    }

    Interval multiply(Interval other) {
        if (isUndefined() || other.isUndefined()) {
            return NONE;
        }
        double ll = product(low, other.low);
        double lh = product(low, other.high);
        double hl = product(high, other.low);
        double hh = product(high, other.high);
        boolean exact = isExact(low, other.low, ll)
                && isExact(low, other.high, lh)
                && isExact(high, other.low, hl)
                && isExact(high, other.high, hh);
        double least = Math.min(Math.min(ll, lh), Math.min(hl, hh));
        double greatest = Math.max(Math.max(ll, lh), Math.max(hl, hh));
        boolean positive = (low >= 0 && other.low >= 0) || (high <= 0 && other.high <= 0);
        return exact
                ? new Interval(least, greatest)
                : new Interval(
                        positive ? Math.max(0, Math.nextDown(least)) : Math.nextDown(least), Math.nextUp(greatest));
    }

    /** 0 times anything is 0: an infinite end stands for numbers without bound, and not for infinity. */
    private static double product(double a, double b) {
        return a == 0 || b == 0 ? 0 : a * b;
    }

    private static boolean isExact(double a, double b, double product) {
        return (a == 0 || b == 0) || (Math.abs(product) > SMALLEST_EXACT && Math.fma(a, b, -product) == 0);
    }

    Interval divide(Interval other) {
        if (isUndefined() || other.isUndefined()) {
            return NONE;
        }
        if (other.low <= 0 && other.high >= 0 && (other.low == other.high || (other.low < 0 && other.high > 0))) {
            return ALL;
        }
        return multiply(new Interval(
                other.high == 0 ? Double.NEGATIVE_INFINITY : quotientBelow(other.high),
                other.low == 0 ? Double.POSITIVE_INFINITY : quotientAbove(other.low)));
    }

    private static double quotientBelow(double divisor) {
        double quotient = 1 / divisor;
        return Math.fma(quotient, divisor, -1) == 0 ? quotient : Math.nextDown(quotient);
    }

    private static double quotientAbove(double divisor) {
        double quotient = 1 / divisor;
        return Math.fma(quotient, divisor, -1) == 0 ? quotient : Math.nextUp(quotient);
    }

    /** The power; a base below 0 has one only for whole exponents. */
    Interval power(double exponent) {
        if (exponent == 0) {
            return isUndefined() ? NONE : ONE;
        }
        if (exponent < 0) {
            return ONE.divide(power(-exponent));
        }
        if (exponent == 1) {
            return this;
        }
        if (!Algebra.isWhole(exponent)) {
            return clipped(0).increasing(x -> StrictMath.pow(x, exponent), 0);
        }
        if (!Algebra.isWhole(exponent / 2)) {
            return increasing(x -> StrictMath.pow(x, exponent), Double.NEGATIVE_INFINITY);
        }
        if (exponent == 2 && !isUndefined()) {
            Interval magnitudes = magnitudes();
            return magnitudes.multiply(magnitudes);
        }
        return magnitudes().increasing(x -> StrictMath.pow(x, exponent), 0);
    }

    private Interval magnitudes() {
        if (low >= 0) {
            return this;
        }
        return high <= 0 ? negate() : new Interval(isUndefined() ? Double.NaN : 0, magnitude());
    }

    Interval sqrt() {
        return clipped(0).increasing(StrictMath::sqrt, 0);
    }

    Interval exp() {
        return increasing(StrictMath::exp, 0);
    }

    Interval expm1() {
        return increasing(StrictMath::expm1, -1);
    }

    Interval log() {
        return clipped(0).increasing(StrictMath::log, Double.NEGATIVE_INFINITY);
    }

    Interval log1p() {
        return clipped(-1).increasing(StrictMath::log1p, Double.NEGATIVE_INFINITY);
    }

    Interval tanh() {
        Interval wide = increasing(StrictMath::tanh, -1);
        return new Interval(wide.low, Math.min(wide.high, 1));
    }

    /** Intersects two intervals; without a value if nothing is in both. */
    Interval and(Interval other) {
        double below = Math.max(low, other.low);
        double above = Math.min(high, other.high);
        return below <= above ? new Interval(below, above) : NONE;
    }

    /** Cuts off what is below a bound. */
    private Interval clipped(double bound) {
        return high >= bound ? new Interval(Math.max(low, bound), high) : NONE;
    }

    private Interval increasing(DoubleUnaryOperator function, double least) {
        if (isUndefined()) {
            return NONE;
        }
        double below = function.applyAsDouble(low);
        double above = function.applyAsDouble(high);
        if (!isFixed(low, below)) {
            for (int i = 0; i < ULPS; i++) {
                below = Math.nextDown(below);
            }
        }
        if (!isFixed(high, above)) {
            for (int i = 0; i < ULPS; i++) {
                above = Math.nextUp(above);
            }
        }
        return new Interval(Math.max(below, least), above);
    }

    /** Tells whether a function's value is exact: every one of them maps these to a whole number or not at all. */
    private static boolean isFixed(double x, double y) {
        return (x == 0 || x == 1 || x == -1) && (y == 0 || y == 1 || y == -1);
    }

    private static double sumBelow(double a, double b) {
        double sum = a + b;
        return isExactSum(a, b, sum) ? sum : Math.nextDown(sum);
    }

    private static double sumAbove(double a, double b) {
        double sum = a + b;
        return isExactSum(a, b, sum) ? sum : Math.nextUp(sum);
    }

    /** Knuth's error of a sum: it is 0. */
    private static boolean isExactSum(double a, double b, double sum) {
        double most = sum - a;
        return (a - (sum - most)) + (b - most) == 0;
    }
}
