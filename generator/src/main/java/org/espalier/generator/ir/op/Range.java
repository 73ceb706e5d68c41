package org.espalier.generator.ir.op;

/**
 * Bounds of the elements of a value, whatever goes into the operation that computes it.
 *
 * @param least no element is below this, which may be −∞
 * @param most no element is above this, which may be ∞
 */
public record Range(double least, double most) {
    /** Any number. */
    public static final Range ALL = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** A number of at least {@code least}. */
    public static Range from(double least) {
        return new Range(least, Double.POSITIVE_INFINITY);
    }

    /** Tells whether no element lies outside these bounds. */
    public boolean isWithin(double from, double to) {
        return least >= from && most <= to;
    }
}
