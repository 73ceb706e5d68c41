package org.espalier.runtime.optim.optimizer;

import java.util.Map;

/**
 * NAdam, which is {@link Adam} with Nesterov's momentum (Dozat, ICLR 2016 workshop), with PyTorch's arguments and
 * arithmetic:
 *
 * <pre>
 *   μₜ = β₁ (1 − ½ · 0.96^(t · momentum_decay)),   Π = μ₁ · … · μₜ
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) g²
 *   w ← w − lr · ((1 − μₜ) / (1 − Π) · g + μₜ₊₁ / (1 − Π μₜ₊₁) · m) / (√(v / (1 − β₂ᵗ)) + ε)
 * </pre>
 *
 * <p>Its weight decay is PyTorch's {@code decoupled_weight_decay=True}: w ← w − lr · weight_decay · w before the step.
 * With ε = 0, an element whose v is 0 stays as it is; PyTorch's becomes NaN.
 */
public final class NAdam extends MomentOptimizer {
    private final double momentumDecay;
    private Products products = new Products(0, 1);

    /** The product of the first {@code count} values of μ: the next one is a multiplication away. */
    private record Products(long count, double product) {}

    /**
     * @param lr learning rate
     * @param beta1 decay of the mean of gradients, at least 0 and below 1
     * @param beta2 decay of the mean of squared gradients, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @param weightDecay share of a weight that a step with learning rate 1 takes away
     * @param momentumDecay how fast μ comes to β₁
     * @throws IllegalArgumentException if one is out of its range
     */
    public NAdam(double lr, double beta1, double beta2, double eps, double weightDecay, double momentumDecay) {
        super(lr, beta1, beta2, eps, weightDecay);
        this.momentumDecay = requireAtLeastZero("momentumDecay", momentumDecay);
    }

    /** With PyTorch's defaults: β₁ 0.9, β₂ 0.999, ε 1e-8, no weight decay, momentum decay 0.004. */
    public NAdam(double lr) {
        this(lr, 0.9, 0.999, 1e-8, 0, 4e-3);
    }

    @Override
    protected double decay() {
        return weightDecay();
    }

    @Override
    protected Update update(long count) {
        double next = momentum(count + 1);
        double product = product(count);
        double root = Math.sqrt(1 - Math.pow(beta2, (double) count));
        return new NAdamUpdate(
                beta1,
                1 - beta1,
                beta2,
                1 - beta2,
                lr(),
                lr() * (1 - momentum(count)) / (1 - product),
                lr() * next / (1 - product * next),
                1 / root,
                eps);
    }

    private double momentum(long count) {
        return beta1 * (1 - 0.5 * Math.pow(0.96, (double) count * momentumDecay));
    }

    /** Multiplies in the order of the steps, so that a run that goes on from a checkpoint has the same bits. */
    private double product(long count) {
        Products known = products.count <= count ? products : new Products(0, 1);
        double product = known.product;
        for (long t = known.count + 1; t <= count && product > 0; t++) {
            product *= momentum(t);
        }
        products = new Products(count, product);
        return product;
    }

    /**
     * A step.
     *
     * @param gradientStep what a quotient by the gradient is multiplied by
     * @param meanStep what a quotient by the mean is multiplied by
     */
    private record NAdamUpdate(
            double b1,
            double c1,
            double b2,
            double c2,
            double lr,
            double gradientStep,
            double meanStep,
            double vScale,
            double epsilon)
            implements RootRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float[] v = state[1];
            float keep1 = (float) b1;
            float take1 = (float) c1;
            float keep2 = (float) b2;
            float take2 = (float) c2;
            float ofGradient = (float) gradientStep;
            float ofMean = (float) meanStep;
            float scale = (float) vScale;
            float eps = (float) epsilon;
            if (eps == 0) {
                throughDoubles(this, w, g, state, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                float mean = keep1 * m[i] + take1 * g[i];
                float square = keep2 * v[i] + take2 * (g[i] * g[i]);
                m[i] = mean;
                v[i] = square;
                w[i] -= (ofGradient * g[i] + ofMean * mean) / ((float) Math.sqrt(square) * scale + eps);
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            double[] v = state[1];
            for (int i = 0; i < n; i++) {
                m[i] = b1 * m[i] + c1 * g[i];
                v[i] = b2 * v[i] + c2 * (g[i] * g[i]);
                w[i] -= quotient(gradientStep * g[i] + meanStep * m[i], Math.sqrt(v[i]) * vScale + epsilon);
            }
        }
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> settings = settingsWithDecay();
        settings.put("momentum_decay", String.valueOf(momentumDecay));
        return settings;
    }
}
