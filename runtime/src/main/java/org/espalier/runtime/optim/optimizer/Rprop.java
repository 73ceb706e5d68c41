package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Resilient backpropagation (Riedmiller and Braun, ICNN 1993) with PyTorch's arguments and arithmetic. Only the signs
 * of gradients count, so it is for gradients of all examples at once:
 *
 * <pre>
 *   η = η⁺ where g · p is above 0, η⁻ where it is below, else 1          p is the gradient of the step before
 *   s ← min(max(η s, least), greatest)                                   s starts at the learning rate
 *   g ← 0 where η is η⁻,  p ← g
 *   w ← w − s · sgn(g)
 * </pre>
 *
 * <p>The learning rate has no effect after a parameter's first step. The learning rate of an element, which a proximal
 * map after the step takes, is s.
 */
public final class Rprop extends Optimizer {
    private final double etaMinus;
    private final double etaPlus;
    private final double least;
    private final double greatest;

    /**
     * @param lr learning rate, at which each step size starts
     * @param etaMinus factor of a step size where the sign changed, above 0 and below 1
     * @param etaPlus factor where it did not, above 1
     * @param least the least step size
     * @param greatest the greatest step size
     * @throws IllegalArgumentException if one is out of its range
     */
    public Rprop(double lr, double etaMinus, double etaPlus, double least, double greatest) {
        super(lr);
        this.etaMinus = requireBelowOne("etaMinus", etaMinus);
        this.etaPlus = requireAtLeastZero("etaPlus", etaPlus);
        this.least = requireAtLeastZero("least", least);
        this.greatest = requireAtLeastZero("greatest", greatest);
        if (etaMinus == 0 || etaPlus <= 1) {
            throw new IllegalArgumentException(
                    "etaMinus must be above 0 and etaPlus above 1, but they are " + etaMinus + " and " + etaPlus);
        }
    }

    /** With PyTorch's defaults: η⁻ 0.5, η⁺ 1.2, step sizes from 1e-6 to 50. */
    public Rprop(double lr) {
        this(lr, 0.5, 1.2, 1e-6, 50);
    }

    @Override
    public List<String> stateNames() {
        return List.of("prev", "step_size");
    }

    @Override
    public List<String> squares() {
        return List.of("step_size");
    }

    @Override
    protected Update update(long count) {
        return new RpropUpdate(count == 1 ? lr() : 0, etaMinus, etaPlus, least, greatest);
    }

    /** @param start what a step size has besides its state: at the first step what it starts at, then nothing */
    private record RpropUpdate(double start, double minus, double plus, double least, double greatest)
            implements Update {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float[] p = state[0];
            float[] s = state[1];
            float first = (float) start;
            float low = (float) least;
            float high = (float) greatest;
            for (int i = 0; i < n; i++) {
                float agreement = g[i] * p[i];
                float eta = agreement > 0 ? (float) plus : agreement < 0 ? (float) minus : 1;
                float size = Math.min(Math.max((s[i] + first) * eta, low), high);
                float gradient = agreement < 0 ? 0 : g[i];
                s[i] = size;
                p[i] = gradient;
                w[i] -= size * Math.signum(gradient);
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            double[] p = state[0];
            double[] s = state[1];
            for (int i = 0; i < n; i++) {
                double agreement = g[i] * p[i];
                double eta = agreement > 0 ? plus : agreement < 0 ? minus : 1;
                double gradient = agreement < 0 ? 0 : g[i];
                s[i] = Math.min(Math.max((s[i] + start) * eta, least), greatest);
                p[i] = gradient;
                w[i] -= s[i] * Math.signum(gradient);
            }
        }

        @Override
        public void rates(float[] rates, float[][] state, int n) {
            System.arraycopy(state[1], 0, rates, 0, n);
        }

        @Override
        public void rates(double[] rates, double[][] state, int n) {
            System.arraycopy(state[1], 0, rates, 0, n);
        }
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("etas", "(" + etaMinus + ", " + etaPlus + ")");
        settings.put("step_sizes", "(" + least + ", " + greatest + ")");
        return settings;
    }
}
