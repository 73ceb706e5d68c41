package org.espalier.inference.forward;

/** A function of the elements at one place of several arrays, in a loop that the JVM's compiler vectorizes. */
@FunctionalInterface
public interface InferenceFormula {
    /**
     * Computes y for the first {@code n} places.
     *
     * @param operands an array for each variable
     * @param y takes the results; it may be one of the operands
     */
    void compute(float[][] operands, float[] y, int n);
}
