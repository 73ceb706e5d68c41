package org.espalier.runtime.optim.optimizer;

import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, arXiv:1412.6980) with PyTorch's arguments and arithmetic:
 *
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) g²
 *   w ← w − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
 * </pre>
 *
 * <p>{@link #amsgrad} divides by the greatest v so far, as AMSGrad does (Reddi, Kale and Kumar, arXiv:1904.09237).
 *
 * <p>t counts a parameter's own steps: one that was frozen for a while starts where it stopped.
 *
 * <p>With ε = 0, an element whose v is 0 stays as it is; PyTorch's becomes NaN.
 */
public final class Adam extends MomentOptimizer {
    private final boolean amsgrad;

    /**
     * @param lr learning rate
     * @param beta1 decay of the mean of gradients, at least 0 and below 1
     * @param beta2 decay of the mean of squared gradients, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @throws IllegalArgumentException if one is out of its range
     */
    public Adam(double lr, double beta1, double beta2, double eps) {
        this(lr, beta1, beta2, eps, false);
    }

    private Adam(double lr, double beta1, double beta2, double eps, boolean amsgrad) {
        super(lr, beta1, beta2, eps, 0);
        this.amsgrad = amsgrad;
    }

    /** With PyTorch's defaults: β₁ 0.9, β₂ 0.999, ε 1e-8. */
    public Adam(double lr) {
        this(lr, 0.9, 0.999, 1e-8);
    }

    /** The same that divides by the greatest mean square so far, PyTorch's {@code amsgrad=True}. */
    public Adam amsgrad() {
        return carriedTo(new Adam(lr(), beta1, beta2, eps, true));
    }

    @Override
    public List<String> stateNames() {
        return amsgrad ? List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq") : super.stateNames();
    }

    @Override
    protected Update update(long count) {
        return update(count, lr());
    }

    Update update(long count, double lr) {
        double t = (double) count;
        double stepSize = lr / (1 - Math.pow(beta1, t));
        double vScale = 1 / Math.sqrt(1 - Math.pow(beta2, t));
        AdamUpdate update = new AdamUpdate(beta1, 1 - beta1, beta2, 1 - beta2, lr, stepSize, vScale, eps);
        return amsgrad ? new AmsgradUpdate(update) : update;
    }

    /** A step whose denominator is the root of the mean square, or of its estimate. */
    public record AdamUpdate(
            double b1, double c1, double b2, double c2, double lr, double stepSize, double vScale, double epsilon)
            implements RootRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float[] v = state[1];
            float keep1 = (float) b1;
            float take1 = (float) c1;
            float keep2 = (float) b2;
            float take2 = (float) c2;
            float step = (float) stepSize;
            float scale = (float) vScale;
            float eps = (float) epsilon;
            if (eps == 0) {
                for (int i = 0; i < n; i++) {
                    m[i] = keep1 * m[i] + take1 * g[i];
                    v[i] = keep2 * v[i] + take2 * (g[i] * g[i]);
                    w[i] -= step * quotient(m[i], (float) Math.sqrt(v[i]) * scale);
                }
                return;
            }
            for (int i = 0; i < n; i++) {
                float mean = keep1 * m[i] + take1 * g[i];
                float square = keep2 * v[i] + take2 * (g[i] * g[i]);
                m[i] = mean;
                v[i] = square;
                w[i] -= step * (mean / ((float) Math.sqrt(square) * scale + eps));
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            double[] v = state[1];
            for (int i = 0; i < n; i++) {
                double mean = b1 * m[i] + c1 * g[i];
                double square = b2 * v[i] + c2 * (g[i] * g[i]);
                m[i] = mean;
                v[i] = square;
                double root = Math.sqrt(square) * vScale;
                w[i] -= stepSize * (epsilon == 0 ? quotient(mean, root) : mean / (root + epsilon));
            }
        }
    }

    /** @param adam the step without the greatest mean square */
    private record AmsgradUpdate(AdamUpdate adam) implements Update {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float[] v = state[1];
            float[] most = state[2];
            float keep1 = (float) adam.b1;
            float take1 = (float) adam.c1;
            float keep2 = (float) adam.b2;
            float take2 = (float) adam.c2;
            float step = (float) adam.stepSize;
            float scale = (float) adam.vScale;
            float eps = (float) adam.epsilon;
            if (eps == 0) {
                throughDoubles(this, w, g, state, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                float mean = keep1 * m[i] + take1 * g[i];
                float square = keep2 * v[i] + take2 * (g[i] * g[i]);
                float greatest = Math.max(most[i], square);
                m[i] = mean;
                v[i] = square;
                most[i] = greatest;
                w[i] -= step * (mean / ((float) Math.sqrt(greatest) * scale + eps));
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            double[] v = state[1];
            double[] most = state[2];
            for (int i = 0; i < n; i++) {
                m[i] = adam.b1 * m[i] + adam.c1 * g[i];
                v[i] = adam.b2 * v[i] + adam.c2 * (g[i] * g[i]);
                most[i] = Math.max(most[i], v[i]);
                w[i] -= adam.stepSize * quotient(m[i], Math.sqrt(most[i]) * adam.vScale + adam.epsilon);
            }
        }

        @Override
        public void rates(float[] rates, float[][] state, int n) {
            adam.rates(rates, new float[][] {state[0], state[2]}, n);
        }

        @Override
        public void rates(double[] rates, double[][] state, int n) {
            adam.rates(rates, new double[][] {state[0], state[2]}, n);
        }
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> constants = super.settings();
        if (amsgrad) {
            constants.put("amsgrad", "true");
        }
        return constants;
    }
}
