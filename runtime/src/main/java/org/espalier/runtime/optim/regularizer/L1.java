package org.espalier.runtime.optim.regularizer;

import java.util.OptionalInt;

/**
 * λ Σ|w|, with gradient λ sgn(w), where sgn(0) = sgn(−0) = 0 and sgn(NaN) = NaN: the subgradient of least norm.
 *
 * <p>The gradient does not give exact zeros: a weight at 0 leaves it with the next data gradient. {@link Mode#PROX}
 * does: it adds no gradient, and after the step w ← sgn(w) · max(|w| − τ, 0), where τ = lr · λ, for adaptive optimizers
 * τ = lr · λ / (√v̂ + ε) for each element.
 */
public final class L1 extends Penalty {
    private final Mode mode;

    /**
     * With its subgradient.
     *
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public L1(double lambda) {
        this(lambda, Mode.SUBGRADIENT);
    }

    /**
     * @param lambda factor of the penalty
     * @param mode how it enters the update
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public L1(double lambda, Mode mode) {
        super("l1", lambda);
        this.mode = mode;
    }

    /** Returns its mode: whether it enters the update by its subgradient or its proximal map. */
    public Mode mode() {
        return mode;
    }

    @Override
    double threshold() {
        return mode == Mode.PROX ? lambda() : 0;
    }

    @Override
    protected void accumulate(float[] w, float[] g, float[] sum, int n) {
        if (mode == Mode.SUBGRADIENT) {
            float lambda = (float) lambda();
            for (int i = 0; i < n; i++) {
                g[i] += lambda * sign(w[i]);
            }
        }
        for (int i = 0; i < n; i++) {
            sum[i] += Math.abs(w[i]);
        }
    }

    @Override
    protected void accumulate(double[] w, double[] g, double[] sum, int n) {
        if (mode == Mode.SUBGRADIENT) {
            double lambda = lambda();
            for (int i = 0; i < n; i++) {
                g[i] += lambda * sign(w[i]);
            }
        }
        for (int i = 0; i < n; i++) {
            sum[i] += Math.abs(w[i]);
        }
    }

    @Override
    double sum(float[] w, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.abs(w[i]);
        }
        return sum;
    }

    @Override
    String qualifier() {
        return qualifier(OptionalInt.empty(), mode);
    }
}
