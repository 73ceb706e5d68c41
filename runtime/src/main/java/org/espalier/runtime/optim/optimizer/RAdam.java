package org.espalier.runtime.optim.optimizer;

import java.util.Map;

/**
 * RAdam (Liu et al., arXiv:1908.03265) with PyTorch's arguments and arithmetic. It is {@link Adam}, whose adaptive
 * learning rate is left out while too few gradients tell its variance, and rectified afterwards:
 *
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) g²
 *   ρ∞ = 2 / (1 − β₂) − 1,   ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
 *   w ← w − lr · m / (1 − β₁ᵗ)                                               while ρ ≤ 5
 *   w ← w − lr · m / (1 − β₁ᵗ) · r √(1 − β₂ᵗ) / (√v + ε)                     afterwards, where
 *   r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))
 * </pre>
 *
 * <p>Its weight decay is PyTorch's {@code decoupled_weight_decay=True}: w ← w − lr · weight_decay · w before the step.
 */
public final class RAdam extends MomentOptimizer {
    /** Length of the average from which on its variance is told. */
    private static final double LEAST_LENGTH = 5;

    /**
     * @param lr learning rate
     * @param beta1 decay of the mean of gradients, at least 0 and below 1
     * @param beta2 decay of the mean of squared gradients, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @param weightDecay share of a weight that a step with learning rate 1 takes away
     * @throws IllegalArgumentException if one is out of its range
     */
    public RAdam(double lr, double beta1, double beta2, double eps, double weightDecay) {
        super(lr, beta1, beta2, eps, weightDecay);
    }

    /** With PyTorch's defaults: β₁ 0.9, β₂ 0.999, ε 1e-8, no decay. */
    public RAdam(double lr) {
        this(lr, 0.9, 0.999, 1e-8, 0);
    }

    @Override
    protected double decay() {
        return weightDecay();
    }

    @Override
    protected Update update(long count) {
        double t = (double) count;
        double correction1 = 1 - Math.pow(beta1, t);
        double correction2 = 1 - Math.pow(beta2, t);
        double longest = 2 / (1 - beta2) - 1;
        double length = longest - 2 * t * Math.pow(beta2, t) / correction2;
        if (length <= LEAST_LENGTH) {
            return new Unrectified(lr(), lr() / correction1, beta1, 1 - beta1, beta2, 1 - beta2);
        }
        double rectified = lr()
                * Math.sqrt(correction2)
                * Math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
        return new Adam.AdamUpdate(beta1, 1 - beta1, beta2, 1 - beta2, rectified, rectified / correction1, 1, eps);
    }

    /** A step by the mean alone, which gathers squares for later ones. */
    private record Unrectified(double lr, double stepSize, double b1, double c1, double b2, double c2)
            implements ConstantRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float[] v = state[1];
            float step = (float) stepSize;
            float keep1 = (float) b1;
            float take1 = (float) c1;
            float keep2 = (float) b2;
            float take2 = (float) c2;
            for (int i = 0; i < n; i++) {
                float mean = keep1 * m[i] + take1 * g[i];
                v[i] = keep2 * v[i] + take2 * (g[i] * g[i]);
                m[i] = mean;
                w[i] -= step * mean;
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            double[] v = state[1];
            for (int i = 0; i < n; i++) {
                double mean = b1 * m[i] + c1 * g[i];
                v[i] = b2 * v[i] + c2 * (g[i] * g[i]);
                m[i] = mean;
                w[i] -= stepSize * mean;
            }
        }
    }

    @Override
    protected Map<String, String> settings() {
        return settingsWithDecay();
    }
}
