package org.espalier.runtime.optim.optimizer;

import java.util.List;

/**
 * Adamax, {@link Adam} by the infinity norm (Kingma and Ba, arXiv:1412.6980, section 7.1), with PyTorch's arguments and
 * arithmetic:
 *
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   u ← max(β₂ u, |g| + ε)
 *   w ← w − lr / (1 − β₁ᵗ) · m / u
 * </pre>
 *
 * <p>With ε = 0, an element whose u is 0 stays as it is; PyTorch's becomes NaN.
 */
public final class Adamax extends MomentOptimizer {
    /**
     * @param lr learning rate
     * @param beta1 decay of the mean of gradients, at least 0 and below 1
     * @param beta2 decay of the greatest gradient, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @throws IllegalArgumentException if one is out of its range
     */
    public Adamax(double lr, double beta1, double beta2, double eps) {
        super(lr, beta1, beta2, eps, 0);
    }

    /** With PyTorch's defaults: β₁ 0.9, β₂ 0.999, ε 1e-8. */
    public Adamax(double lr) {
        this(lr, 0.9, 0.999, 1e-8);
    }

    @Override
    public List<String> stateNames() {
        return List.of("exp_avg", "exp_inf");
    }

    @Override
    protected Update update(long count) {
        return new AdamaxUpdate(beta1, 1 - beta1, beta2, lr(), lr() / (1 - Math.pow(beta1, (double) count)), eps);
    }

    private record AdamaxUpdate(double b1, double c1, double b2, double lr, double stepSize, double epsilon)
            implements Update {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float[] u = state[1];
            float keep1 = (float) b1;
            float take1 = (float) c1;
            float keep2 = (float) b2;
            float step = (float) stepSize;
            float eps = (float) epsilon;
            if (eps == 0) {
                throughDoubles(this, w, g, state, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                float mean = keep1 * m[i] + take1 * g[i];
                float greatest = Math.max(keep2 * u[i], Math.abs(g[i]) + eps);
                m[i] = mean;
                u[i] = greatest;
                w[i] -= step * (mean / greatest);
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            double[] u = state[1];
            for (int i = 0; i < n; i++) {
                m[i] = b1 * m[i] + c1 * g[i];
                u[i] = Math.max(b2 * u[i], Math.abs(g[i]) + epsilon);
                w[i] -= stepSize * quotient(m[i], u[i]);
            }
        }

        @Override
        public void rates(float[] rates, float[][] state, int n) {
            float[] u = state[1];
            float rate = (float) lr;
            for (int i = 0; i < n; i++) {
                rates[i] = rate / u[i];
            }
        }

        @Override
        public void rates(double[] rates, double[][] state, int n) {
            double[] u = state[1];
            for (int i = 0; i < n; i++) {
                rates[i] = lr / u[i];
            }
        }
    }
}
