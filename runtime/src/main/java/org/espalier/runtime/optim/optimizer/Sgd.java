package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with PyTorch's arguments and arithmetic:
 *
 * <pre>
 *   v ← g at a parameter's first step, then momentum · v + (1 − dampening) g
 *   w ← w − lr · (g + momentum · v if nesterov, else v)
 * </pre>
 *
 * <p>Without momentum it keeps nothing: w ← w − lr · g.
 */
public final class Sgd extends Optimizer {
    private final double momentum;
    private final double dampening;
    private final boolean nesterov;

    /**
     * @param lr learning rate
     * @param momentum share of the last step that goes on, at least 0 and below 1
     * @param dampening what is taken off the gradient's weight in the momentum
     * @param nesterov whether to look ahead (Sutskever et al., ICML 2013)
     * @throws IllegalArgumentException if one is out of its range, or {@code nesterov} without momentum or with
     *     dampening
     */
    public Sgd(double lr, double momentum, double dampening, boolean nesterov) {
        super(lr);
        this.momentum = requireBelowOne("momentum", momentum);
        this.dampening = requireAtLeastZero("dampening", dampening);
        this.nesterov = nesterov;
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "nesterov needs momentum above 0 and dampening 0, but they are " + momentum + " and " + dampening);
        }
    }

    /** Without momentum. */
    public Sgd(double lr) {
        this(lr, 0, 0, false);
    }

    @Override
    public List<String> stateNames() {
        return momentum == 0 ? List.of() : List.of("momentum_buffer");
    }

    @Override
    protected Update update(long count) {
        if (momentum == 0) {
            return new Plain(lr());
        }
        double take = count == 1 ? 1 : 1 - dampening;
        return nesterov ? new Nesterov(lr(), momentum, take) : new Momentum(lr(), momentum, take);
    }

    private record Plain(double lr) implements ConstantRate {
        @Override
        public boolean restsWithoutGradient() {
            return true;
        }

        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float rate = (float) lr;
            for (int i = 0; i < n; i++) {
                w[i] -= rate * g[i];
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            for (int i = 0; i < n; i++) {
                w[i] -= lr * g[i];
            }
        }
    }

    private record Momentum(double lr, double momentum, double take) implements ConstantRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] v = state[0];
            float rate = (float) lr;
            float keep = (float) momentum;
            float add = (float) take;
            for (int i = 0; i < n; i++) {
                float velocity = keep * v[i] + add * g[i];
                v[i] = velocity;
                w[i] -= rate * velocity;
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] v = state[0];
            for (int i = 0; i < n; i++) {
                double velocity = momentum * v[i] + take * g[i];
                v[i] = velocity;
                w[i] -= lr * velocity;
            }
        }
    }

    private record Nesterov(double lr, double momentum, double take) implements ConstantRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] v = state[0];
            float rate = (float) lr;
            float keep = (float) momentum;
            float add = (float) take;
            for (int i = 0; i < n; i++) {
                float velocity = keep * v[i] + add * g[i];
                v[i] = velocity;
                w[i] -= rate * (g[i] + keep * velocity);
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] v = state[0];
            for (int i = 0; i < n; i++) {
                double velocity = momentum * v[i] + take * g[i];
                v[i] = velocity;
                w[i] -= lr * (g[i] + momentum * velocity);
            }
        }
    }

    @Override
    public String name() {
        return "SGD";
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> constants = new LinkedHashMap<>();
        constants.put("momentum", String.valueOf(momentum));
        constants.put("dampening", String.valueOf(dampening));
        constants.put("nesterov", String.valueOf(nesterov));
        return constants;
    }
}
