package org.espalier.inference.curve;

/** A function of single numbers, in a loop over the first elements of an array. */
@FunctionalInterface
public interface FloatCurve {
    /** values = f(values), for the first {@code n}. */
    void apply(float[] values, int n);
}
