package org.espalier.runtime.optim.optimizer;

import java.util.Map;

/**
 * LAMB (You et al., arXiv:1904.00962, algorithm 2): {@link Adam} whose step is as long, for each parameter, as the
 * parameter itself times the learning rate, for large batches.
 *
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) g²
 *   u ← m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε) + weight_decay · w
 *   w ← w − lr · ‖w‖ / ‖u‖ · u
 * </pre>
 *
 * <p>Where one of the norms is 0, the ratio is 1. The paper's φ is that of its experiments, the norm as it is.
 */
public final class Lamb extends MomentOptimizer {
    /**
     * @param lr learning rate
     * @param beta1 decay of the mean of gradients, at least 0 and below 1
     * @param beta2 decay of the mean of squared gradients, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @param weightDecay share of a weight in the direction of the step
     * @throws IllegalArgumentException if one is out of its range
     */
    public Lamb(double lr, double beta1, double beta2, double eps, double weightDecay) {
        super(lr, beta1, beta2, eps, weightDecay);
    }

    /** With the paper's β₁ 0.9, β₂ 0.999, ε 1e-6 and decay 0.01. */
    public Lamb(double lr) {
        this(lr, 0.9, 0.999, 1e-6, 0.01);
    }

    @Override
    public String name() {
        return "LAMB";
    }

    @Override
    protected Update update(long count) {
        double t = (double) count;
        return new LambUpdate(
                lr(),
                beta1,
                1 - beta1,
                beta2,
                1 - beta2,
                1 / (1 - Math.pow(beta1, t)),
                1 / Math.sqrt(1 - Math.pow(beta2, t)),
                eps,
                weightDecay());
    }

    private record LambUpdate(
            double lr,
            double b1,
            double c1,
            double b2,
            double c2,
            double mScale,
            double vScale,
            double epsilon,
            double decay)
            implements WholeUpdate {
        @Override
        public void direct(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float[] v = state[1];
            float keep1 = (float) b1;
            float take1 = (float) c1;
            float keep2 = (float) b2;
            float take2 = (float) c2;
            float meanScale = (float) mScale;
            float scale = (float) vScale;
            float eps = (float) epsilon;
            float lambda = (float) decay;
            for (int i = 0; i < n; i++) {
                float mean = keep1 * m[i] + take1 * g[i];
                float square = keep2 * v[i] + take2 * (g[i] * g[i]);
                m[i] = mean;
                v[i] = square;
                float root = (float) Math.sqrt(square) * scale + eps;
                g[i] = quotient(meanScale * mean, root) + lambda * w[i];
            }
        }

        @Override
        public void direct(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            double[] v = state[1];
            for (int i = 0; i < n; i++) {
                double mean = b1 * m[i] + c1 * g[i];
                double square = b2 * v[i] + c2 * (g[i] * g[i]);
                m[i] = mean;
                v[i] = square;
                g[i] = quotient(mScale * mean, Math.sqrt(square) * vScale + epsilon) + decay * w[i];
            }
        }

        @Override
        public Update along(Directions directions) {
            double weights = directions.weightNorm();
            double norm = directions.norm();
            return new Scaled(lr * (weights == 0 || norm == 0 ? 1 : weights / norm), vScale, epsilon);
        }
    }

    /** A step along the directions, whose rate for a proximal map is divided by the root of the mean square. */
    private record Scaled(double lr, double vScale, double epsilon) implements RootRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            new Along(lr).apply(w, g, state, n);
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            new Along(lr).apply(w, g, state, n);
        }
    }

    @Override
    protected Map<String, String> settings() {
        return settingsWithDecay();
    }
}
