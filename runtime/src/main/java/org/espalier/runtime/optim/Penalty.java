package org.espalier.runtime.optim;

/**
 * A penalty on parameters that works element by element: its value is {@code weight() · Σ f(w)}, its gradient is added
 * to the data loss's before the optimizer sees it.
 *
 * <p>It is written as a loop over one block so that the update fuses it with all others while the block is in the
 * processor's cache; loops over {@code float[]} that use the same index in every array are what the JVM vectorises.
 *
 * <p>λ may be changed between steps; the change holds from the next update on.
 */
public abstract class Penalty {
    private final String term;
    private double lambda;

    /**
     * @param term the word of the language, which is the ledger's: {@code l1}
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    protected Penalty(String term, double lambda) {
        this.term = term;
        this.lambda = requireLambda(term, lambda);
    }

    /** The word of the language, which names this penalty in the ledger. */
    public final String term() {
        return term;
    }

    /** The factor λ. */
    public final double lambda() {
        return lambda;
    }

    /**
     * Changes λ from the next update on, for warm-up and schedules.
     *
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public final void lambda(double lambda) {
        this.lambda = requireLambda(term, lambda);
    }

    /**
     * Adds this penalty's gradient at {@code w} to {@code g}, and its unweighted value to {@code sum}, each element to
     * its own: {@code g[i] += weight() · f'(w[i]); sum[i] += f(w[i])} for {@code i < n}.
     */
    protected abstract void accumulate(float[] w, float[] g, float[] sum, int n);

    /** The same in double precision. */
    protected abstract void accumulate(double[] w, double[] g, double[] sum, int n);

    /** What the sum over all elements is multiplied by to give the penalty: λ for L1, λ/2 for L2. */
    protected double weight() {
        return lambda;
    }

    @Override
    public String toString() {
        return term + "(" + lambda + ")";
    }

    private static double requireLambda(String term, double lambda) {
        if (!(lambda >= 0) || lambda == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "lambda of " + term + " must be a finite number of at least 0, but is " + lambda);
        }
        return lambda;
    }
}
