package org.espalier.runtime.optim;

/**
 * λ Σ|w|, with gradient λ sgn(w), where sgn(0) = sgn(−0) = 0 and sgn(NaN) = NaN: the subgradient of least norm.
 *
 * <p>This alone does not give exact zeros: a weight at 0 leaves it with the next data gradient.
 */
public final class L1 extends Penalty {
    /**
     * @param lambda factor of the penalty
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public L1(double lambda) {
        super("l1", lambda);
    }

    // Math.signum does not vectorise on JDK 17. The clamp below is sgn for every float: twice 1e30 takes even the least
    // subnormal, 1.4e-45, past 1, while 0 stays 0 and NaN stays NaN.
    @Override
    protected void accumulate(float[] w, float[] g, float[] sum, int n) {
        float lambda = (float) lambda();
        for (int i = 0; i < n; i++) {
            g[i] += lambda * Math.max(-1f, Math.min(1f, (w[i] * 1e30f) * 1e30f));
            sum[i] += Math.abs(w[i]);
        }
    }

    @Override
    protected void accumulate(double[] w, double[] g, double[] sum, int n) {
        double lambda = lambda();
        for (int i = 0; i < n; i++) {
            g[i] += lambda * Math.max(-1, Math.min(1, (w[i] * 1e200) * 1e200));
            sum[i] += Math.abs(w[i]);
        }
    }
}
