package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Optimizer that keeps a mean m of the gradients and a mean v of their squares, or what takes its place: what
 * {@link Adam} and those that follow it have in common.
 */
abstract class MomentOptimizer extends Optimizer {
    final double beta1;
    final double beta2;
    final double eps;
    private final double weightDecay;

    /**
     * @param lr learning rate
     * @param beta1 decay of the mean of gradients, at least 0 and below 1
     * @param beta2 decay of the mean of squared gradients, at least 0 and below 1
     * @param eps what keeps the denominator away from 0
     * @param weightDecay share of a weight that a step takes away, if it has that setting
     * @throws IllegalArgumentException if one is out of its range
     */
    MomentOptimizer(double lr, double beta1, double beta2, double eps, double weightDecay) {
        super(lr);
        this.beta1 = requireBelowOne("beta1", beta1);
        this.beta2 = requireBelowOne("beta2", beta2);
        this.eps = requireAtLeastZero("eps", eps);
        this.weightDecay = requireAtLeastZero("weightDecay", weightDecay);
    }

    final double weightDecay() {
        return weightDecay;
    }

    @Override
    public List<String> stateNames() {
        return List.of("exp_avg", "exp_avg_sq");
    }

    @Override
    public List<String> squares() {
        return stateNames().subList(1, stateNames().size());
    }

    @Override
    protected Map<String, String> settings() {
        return moments();
    }

    private Map<String, String> moments() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("betas", "(" + beta1 + ", " + beta2 + ")");
        settings.put("eps", String.valueOf(eps));
        return settings;
    }

    /** The settings of an optimizer that has a weight decay. */
    final Map<String, String> settingsWithDecay() {
        Map<String, String> settings = moments();
        settings.put("weight_decay", String.valueOf(weightDecay));
        return settings;
    }

    /** A step whose rate for each element is lr / (√v · vScale + ε). */
    interface RootRate extends Update {
        /** The learning rate. */
        double lr();

        /** The factor of the root. */
        double vScale();

        /** ε. */
        double epsilon();

        @Override
        default void rates(float[] rates, float[][] state, int n) {
            float[] v = state[1];
            float rate = (float) lr();
            float scale = (float) vScale();
            float eps = (float) epsilon();
            for (int i = 0; i < n; i++) {
                rates[i] = rate / ((float) Math.sqrt(v[i]) * scale + eps);
            }
        }

        @Override
        default void rates(double[] rates, double[][] state, int n) {
            double[] v = state[1];
            double rate = lr();
            double scale = vScale();
            double eps = epsilon();
            for (int i = 0; i < n; i++) {
                rates[i] = rate / (Math.sqrt(v[i]) * scale + eps);
            }
        }
    }
}
