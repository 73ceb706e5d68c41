package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adagrad (Duchi, Hazan and Singer, JMLR 12, 2011) with PyTorch's arguments and arithmetic:
 *
 * <pre>
 *   s ← s + g²                                         s starts at initial_accumulator_value
 *   w ← w − lr / (1 + (t − 1) lr_decay) · g / (√s + ε)
 * </pre>
 *
 * <p>t counts a parameter's own steps, from 1. With ε = 0, an element whose s is 0 stays as it is; PyTorch's becomes
 * NaN.
 */
public final class Adagrad extends Optimizer {
    private final double lrDecay;
    private final double initialAccumulatorValue;
    private final double eps;

    /**
     * @param lr learning rate
     * @param lrDecay how the learning rate falls with the steps
     * @param initialAccumulatorValue what the sum of squares starts at
     * @param eps what keeps the denominator away from 0
     * @throws IllegalArgumentException if one is negative or not finite
     */
    public Adagrad(double lr, double lrDecay, double initialAccumulatorValue, double eps) {
        super(lr);
        this.lrDecay = requireAtLeastZero("lrDecay", lrDecay);
        this.initialAccumulatorValue = requireAtLeastZero("initialAccumulatorValue", initialAccumulatorValue);
        this.eps = requireAtLeastZero("eps", eps);
    }

    /** With PyTorch's defaults: a learning rate that stays, a sum that starts at 0, ε 1e-10. */
    public Adagrad(double lr) {
        this(lr, 0, 0, 1e-10);
    }

    @Override
    public List<String> stateNames() {
        return List.of("sum");
    }

    @Override
    public List<String> squares() {
        return stateNames();
    }

    @Override
    protected Update update(long count) {
        double rate = lr() / (1 + (count - 1) * lrDecay);
        return new AdagradUpdate(rate, count == 1 ? initialAccumulatorValue : 0, eps);
    }

    /** @param start what the sum of squares has besides its state: at the first step what it starts at, then nothing */
    private record AdagradUpdate(double lr, double start, double epsilon) implements Update {
        /** At the first step the sum of squares begins. */
        @Override
        public boolean restsWithoutGradient() {
            return start == 0;
        }

        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] s = state[0];
            float rate = (float) lr;
            float first = (float) start;
            float eps = (float) epsilon;
            if (eps == 0) {
                for (int i = 0; i < n; i++) {
                    s[i] = s[i] + first + g[i] * g[i];
                    w[i] -= rate * quotient(g[i], (float) Math.sqrt(s[i]));
                }
                return;
            }
            for (int i = 0; i < n; i++) {
                float sum = s[i] + first + g[i] * g[i];
                s[i] = sum;
                w[i] -= rate * (g[i] / ((float) Math.sqrt(sum) + eps));
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] s = state[0];
            for (int i = 0; i < n; i++) {
                double sum = s[i] + start + g[i] * g[i];
                s[i] = sum;
                double root = Math.sqrt(sum);
                w[i] -= lr * (epsilon == 0 ? quotient(g[i], root) : g[i] / (root + epsilon));
            }
        }

        @Override
        public void rates(float[] rates, float[][] state, int n) {
            float[] s = state[0];
            float rate = (float) lr;
            float eps = (float) epsilon;
            for (int i = 0; i < n; i++) {
                rates[i] = rate / ((float) Math.sqrt(s[i]) + eps);
            }
        }

        @Override
        public void rates(double[] rates, double[][] state, int n) {
            double[] s = state[0];
            for (int i = 0; i < n; i++) {
                rates[i] = lr / (Math.sqrt(s[i]) + epsilon);
            }
        }
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> constants = new LinkedHashMap<>();
        constants.put("lr_decay", String.valueOf(lrDecay));
        constants.put("initial_accumulator_value", String.valueOf(initialAccumulatorValue));
        constants.put("eps", String.valueOf(eps));
        return constants;
    }
}
