package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.runtime.kernel.elementwise.Formulas;

/**
 * Lion, "evolved sign momentum" (Chen et al., arXiv:2302.06675, program 1). Every element moves by the learning rate,
 * so that is to be three to ten times smaller than Adam's:
 *
 * <pre>
 *   w ← w − lr · weight_decay · w
 *   w ← w − lr · sgn(β₁ m + (1 − β₁) g)
 *   m ← β₂ m + (1 − β₂) g
 * </pre>
 */
public final class Lion extends Optimizer {
    private final double beta1;
    private final double beta2;
    private final double weightDecay;

    /**
     * @param lr learning rate
     * @param beta1 share of the mean in the step, at least 0 and below 1
     * @param beta2 decay of the mean of gradients, at least 0 and below 1
     * @param weightDecay share of a weight that a step with learning rate 1 takes away
     * @throws IllegalArgumentException if one is out of its range
     */
    public Lion(double lr, double beta1, double beta2, double weightDecay) {
        super(lr);
        this.beta1 = requireBelowOne("beta1", beta1);
        this.beta2 = requireBelowOne("beta2", beta2);
        this.weightDecay = requireAtLeastZero("weightDecay", weightDecay);
    }

    /** With the paper's β₁ 0.9, β₂ 0.99, and no decay. */
    public Lion(double lr) {
        this(lr, 0.9, 0.99, 0);
    }

    @Override
    public List<String> stateNames() {
        return List.of("exp_avg");
    }

    @Override
    protected double decay() {
        return weightDecay;
    }

    @Override
    protected Update update(long count) {
        return new LionUpdate(lr(), beta1, 1 - beta1, beta2, 1 - beta2);
    }

    private record LionUpdate(double lr, double b1, double c1, double b2, double c2) implements ConstantRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float rate = (float) lr;
            float keep1 = (float) b1;
            float take1 = (float) c1;
            float keep2 = (float) b2;
            float take2 = (float) c2;
            for (int i = 0; i < n; i++) {
                w[i] -= rate * Formulas.sign(keep1 * m[i] + take1 * g[i]);
                m[i] = keep2 * m[i] + take2 * g[i];
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            for (int i = 0; i < n; i++) {
                w[i] -= lr * Formulas.sign(b1 * m[i] + c1 * g[i]);
                m[i] = b2 * m[i] + c2 * g[i];
            }
        }
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("betas", "(" + beta1 + ", " + beta2 + ")");
        settings.put("weight_decay", String.valueOf(weightDecay));
        return settings;
    }
}
