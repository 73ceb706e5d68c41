package org.espalier.runtime.optim.regularizer;

import org.espalier.runtime.kernel.elementwise.Formulas;

/**
 * A penalty on parameters that works element by element: its value is {@code weight() · Σ f(w)}, its gradient is added
 * to the data loss's before the optimizer sees it.
 *
 * <p>It is written as a loop over one block so that the update fuses it with all others while the block is in the
 * processor's cache; loops over {@code float[]} that use the same index in every array are what the JVM vectorizes.
 */
public abstract non-sealed class Penalty extends Term {
    /**
     * @param term the word of the language, which is the ledger's: {@code l1}
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    protected Penalty(String term, double lambda) {
        super(term, lambda);
    }

    /**
     * Adds this penalty's gradient at {@code w} to {@code g}, and its unweighted value to {@code sum}, each element to
     * its own: {@code g[i] += weight() · f'(w[i]); sum[i] += f(w[i])} for {@code i < n}.
     *
     * <p>A penalty overrides this, the method of double precision, or both: that of a generated class needs no more
     * than its network's.
     *
     * @throws IllegalStateException if the penalty was not made for networks of single precision
     */
    protected void accumulate(float[] w, float[] g, float[] sum, int n) {
        throw new IllegalStateException(
                "the penalty " + term() + " is of double precision, but the parameters are of single precision");
    }

    /**
     * The same in double precision.
     *
     * @throws IllegalStateException if the penalty was not made for networks of double precision
     */
    protected void accumulate(double[] w, double[] g, double[] sum, int n) {
        throw new IllegalStateException(
                "the penalty " + term() + " is of single precision, but the parameters are of double precision");
    }

    /**
     * Σ f(w) in double precision, for where {@link #accumulate(float[], float[], float[], int)} may overflow. A penalty
     * of a generated class is a formula in its network's precision; each of its values is added up as it is.
     */
    double sum(float[] w, int n) {
        float[] values = new float[n];
        accumulate(w, new float[n], values, n);
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    /** sgn(x): 0 for 0 and −0, NaN for NaN. Loops over it become vector instructions. */
    protected static float sign(float x) {
        return Formulas.sign(x);
    }

    /** The same in double precision. */
    protected static double sign(double x) {
        return Formulas.sign(x);
    }

    /** 1 above 0, 0 elsewhere, NaN for NaN. Loops over it become vector instructions. */
    protected static float step(float x) {
        return Formulas.step(x);
    }

    /** The same in double precision. */
    protected static double step(double x) {
        return Formulas.step(x);
    }

    /**
     * The λ of the threshold that follows the step, w ← sgn(w) · max(|w| − rate · λ, 0), where rate is the learning
     * rate that the optimizer has for the element; 0 for none.
     */
    double threshold() {
        return 0;
    }
}
