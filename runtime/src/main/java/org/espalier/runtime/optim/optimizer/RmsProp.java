package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * RMSprop (Hinton, Neural Networks for Machine Learning, lecture 6e; centered: Graves, arXiv:1308.0850) with PyTorch's
 * arguments and arithmetic:
 *
 * <pre>
 *   s ← α s + (1 − α) g²
 *   m ← α m + (1 − α) g                      if centered, else m is 0
 *   v ← momentum · v + g / (√(s − m²) + ε)
 *   w ← w − lr · v
 * </pre>
 *
 * <p>Unlike PyTorch, rounding that leaves s below m² counts as 0 under the root, not as NaN; and with ε = 0, g divided
 * by a root of 0 counts as 0.
 */
public final class RmsProp extends Optimizer {
    private final double alpha;
    private final double eps;
    private final double momentum;
    private final boolean centered;

    /**
     * @param lr learning rate
     * @param alpha decay of the mean of squared gradients, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @param momentum share of the last step that goes on, at least 0 and below 1
     * @param centered whether to divide by the estimated deviation rather than the root of the mean square
     * @throws IllegalArgumentException if one is out of its range
     */
    public RmsProp(double lr, double alpha, double eps, double momentum, boolean centered) {
        super(lr);
        this.alpha = requireBelowOne("alpha", alpha);
        this.eps = requireAtLeastZero("eps", eps);
        this.momentum = requireBelowOne("momentum", momentum);
        this.centered = centered;
    }

    /** With PyTorch's defaults: α 0.99, ε 1e-8, neither momentum nor centered. */
    public RmsProp(double lr) {
        this(lr, 0.99, 1e-8, 0, false);
    }

    @Override
    public List<String> stateNames() {
        if (centered) {
            return momentum == 0
                    ? List.of("square_avg", "grad_avg")
                    : List.of("square_avg", "grad_avg", "momentum_buffer");
        }
        return momentum == 0 ? List.of("square_avg") : List.of("square_avg", "momentum_buffer");
    }

    @Override
    public List<String> squares() {
        return List.of("square_avg");
    }

    @Override
    protected Update update(long count) {
        return new RmsPropUpdate(lr(), alpha, 1 - alpha, eps, momentum, centered);
    }

    /** In three loops, each of which vectorizes: g becomes the scaled gradient, then the step. */
    private record RmsPropUpdate(
            double lr, double alpha, double take, double epsilon, double momentum, boolean centered) implements Update {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] s = state[0];
            float keep = (float) alpha;
            float add = (float) take;
            float eps = (float) epsilon;
            if (centered && eps == 0) {
                float[] m = state[1];
                for (int i = 0; i < n; i++) {
                    s[i] = keep * s[i] + add * (g[i] * g[i]);
                    m[i] = keep * m[i] + add * g[i];
                    g[i] = quotient(g[i], (float) Math.sqrt(Math.max(0f, s[i] - m[i] * m[i])));
                }
            } else if (centered) {
                float[] m = state[1];
                for (int i = 0; i < n; i++) {
                    float square = keep * s[i] + add * (g[i] * g[i]);
                    float mean = keep * m[i] + add * g[i];
                    s[i] = square;
                    m[i] = mean;
                    g[i] = g[i] / ((float) Math.sqrt(Math.max(0f, square - mean * mean)) + eps);
                }
            } else if (eps == 0) {
                for (int i = 0; i < n; i++) {
                    s[i] = keep * s[i] + add * (g[i] * g[i]);
                    g[i] = quotient(g[i], (float) Math.sqrt(s[i]));
                }
            } else {
                for (int i = 0; i < n; i++) {
                    float square = keep * s[i] + add * (g[i] * g[i]);
                    s[i] = square;
                    g[i] = g[i] / ((float) Math.sqrt(square) + eps);
                }
            }
            if (momentum > 0) {
                float[] v = state[state.length - 1];
                float go = (float) momentum;
                for (int i = 0; i < n; i++) {
                    float velocity = go * v[i] + g[i];
                    v[i] = velocity;
                    g[i] = velocity;
                }
            }
            float rate = (float) lr;
            for (int i = 0; i < n; i++) {
                w[i] -= rate * g[i];
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] s = state[0];
            if (centered) {
                double[] m = state[1];
                for (int i = 0; i < n; i++) {
                    double square = alpha * s[i] + take * (g[i] * g[i]);
                    double mean = alpha * m[i] + take * g[i];
                    s[i] = square;
                    m[i] = mean;
                    double deviation = Math.sqrt(Math.max(0, square - mean * mean));
                    g[i] = epsilon == 0 ? quotient(g[i], deviation) : g[i] / (deviation + epsilon);
                }
            } else {
                for (int i = 0; i < n; i++) {
                    double square = alpha * s[i] + take * (g[i] * g[i]);
                    s[i] = square;
                    double root = Math.sqrt(square);
                    g[i] = epsilon == 0 ? quotient(g[i], root) : g[i] / (root + epsilon);
                }
            }
            if (momentum > 0) {
                double[] v = state[state.length - 1];
                for (int i = 0; i < n; i++) {
                    double velocity = momentum * v[i] + g[i];
                    v[i] = velocity;
                    g[i] = velocity;
                }
            }
            for (int i = 0; i < n; i++) {
                w[i] -= lr * g[i];
            }
        }

        @Override
        public void rates(float[] rates, float[][] state, int n) {
            float[] s = state[0];
            float rate = (float) lr;
            float eps = (float) epsilon;
            if (centered) {
                float[] m = state[1];
                for (int i = 0; i < n; i++) {
                    rates[i] = rate / ((float) Math.sqrt(Math.max(0f, s[i] - m[i] * m[i])) + eps);
                }
            } else {
                for (int i = 0; i < n; i++) {
                    rates[i] = rate / ((float) Math.sqrt(s[i]) + eps);
                }
            }
        }

        @Override
        public void rates(double[] rates, double[][] state, int n) {
            double[] s = state[0];
            if (centered) {
                double[] m = state[1];
                for (int i = 0; i < n; i++) {
                    rates[i] = lr / (Math.sqrt(Math.max(0, s[i] - m[i] * m[i])) + epsilon);
                }
            } else {
                for (int i = 0; i < n; i++) {
                    rates[i] = lr / (Math.sqrt(s[i]) + epsilon);
                }
            }
        }
    }

    @Override
    public String name() {
        return "RMSprop";
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> constants = new LinkedHashMap<>();
        constants.put("alpha", String.valueOf(alpha));
        constants.put("eps", String.valueOf(eps));
        constants.put("momentum", String.valueOf(momentum));
        constants.put("centered", String.valueOf(centered));
        return constants;
    }
}
