package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adadelta (Zeiler, arXiv:1212.5701) with PyTorch's arguments and arithmetic:
 *
 * <pre>
 *   s ← ρ s + (1 − ρ) g²
 *   d = √(u + ε) / √(s + ε) · g
 *   u ← ρ u + (1 − ρ) d²
 *   w ← w − lr · d
 * </pre>
 *
 * <p>The learning rate of an element, which a proximal map after the step takes, is lr · √(u + ε) / √(s + ε) with both
 * means as the step leaves them. With ε = 0, u and so every step stays 0.
 */
public final class Adadelta extends Optimizer {
    private final double rho;
    private final double eps;

    /**
     * @param lr learning rate
     * @param rho decay of both mean squares, at least 0 and below 1
     * @param eps what is added under the roots
     * @throws IllegalArgumentException if one is out of its range
     */
    public Adadelta(double lr, double rho, double eps) {
        super(lr);
        this.rho = requireBelowOne("rho", rho);
        this.eps = requireAtLeastZero("eps", eps);
    }

    /** With PyTorch's defaults: ρ 0.9, ε 1e-6. */
    public Adadelta(double lr) {
        this(lr, 0.9, 1e-6);
    }

    @Override
    public List<String> stateNames() {
        return List.of("square_avg", "acc_delta");
    }

    @Override
    public List<String> squares() {
        return stateNames();
    }

    @Override
    protected Update update(long count) {
        return new AdadeltaUpdate(lr(), rho, 1 - rho, eps);
    }

    private record AdadeltaUpdate(double lr, double rho, double take, double epsilon) implements Update {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] s = state[0];
            float[] u = state[1];
            float rate = (float) lr;
            float keep = (float) rho;
            float add = (float) take;
            float eps = (float) epsilon;
            if (eps == 0) {
                throughDoubles(this, w, g, state, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                float square = keep * s[i] + add * (g[i] * g[i]);
                float delta = (float) Math.sqrt(u[i] + eps) / (float) Math.sqrt(square + eps) * g[i];
                s[i] = square;
                u[i] = keep * u[i] + add * (delta * delta);
                w[i] -= rate * delta;
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] s = state[0];
            double[] u = state[1];
            for (int i = 0; i < n; i++) {
                s[i] = rho * s[i] + take * (g[i] * g[i]);
                double delta = quotient(Math.sqrt(u[i] + epsilon), Math.sqrt(s[i] + epsilon)) * g[i];
                u[i] = rho * u[i] + take * (delta * delta);
                w[i] -= lr * delta;
            }
        }

        @Override
        public void rates(float[] rates, float[][] state, int n) {
            float[] s = state[0];
            float[] u = state[1];
            float rate = (float) lr;
            float eps = (float) epsilon;
            for (int i = 0; i < n; i++) {
                rates[i] = rate * quotient((float) Math.sqrt(u[i] + eps), (float) Math.sqrt(s[i] + eps));
            }
        }

        @Override
        public void rates(double[] rates, double[][] state, int n) {
            double[] s = state[0];
            double[] u = state[1];
            for (int i = 0; i < n; i++) {
                rates[i] = lr * quotient(Math.sqrt(u[i] + epsilon), Math.sqrt(s[i] + epsilon));
            }
        }
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("rho", String.valueOf(rho));
        settings.put("eps", String.valueOf(eps));
        return settings;
    }
}
