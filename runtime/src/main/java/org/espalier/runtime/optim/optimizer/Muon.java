package org.espalier.runtime.optim.optimizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Muon (Jordan et al., 2024, kellerjordan.github.io/posts/muon) with PyTorch's arguments, for matrices: momentum whose
 * singular values are all brought near 1.
 *
 * <pre>
 *   m ← momentum · m + (1 − momentum) g
 *   u ← (1 − momentum) g + momentum · m if nesterov, else m
 *   X ← u / max(‖u‖, ε)
 *   X ← a X + (b X Xᵀ + c (X Xᵀ)²) X        nsSteps times, Newton and Schulz's iteration
 *   w ← w − lr · weight_decay · w
 *   w ← w − lr · √max(1, rows / columns) · X
 * </pre>
 *
 * <p>The iteration is in the network's precision. PyTorch rounds each product to bfloat16, so that its steps differ
 * from these by about a hundredth of themselves.
 */
public final class Muon extends Optimizer {
    private static final int MOST_STEPS = 99;

    private final double weightDecay;
    private final double momentum;
    private final boolean nesterov;
    private final List<Double> coefficients;
    private final double eps;
    private final int nsSteps;
    private final boolean matchesRms;

    /**
     * @param lr learning rate
     * @param weightDecay share of a weight that a step with learning rate 1 takes away
     * @param momentum share of the mean that goes on, at least 0 and below 1
     * @param nesterov whether to look ahead
     * @param a coefficient of X in the iteration
     * @param b that of X Xᵀ X
     * @param c that of (X Xᵀ)² X
     * @param eps the least norm that is divided by
     * @param nsSteps how often the iteration is done, at least 0 and below 100
     * @throws IllegalArgumentException if one is out of its range
     */
    public Muon(
            double lr,
            double weightDecay,
            double momentum,
            boolean nesterov,
            double a,
            double b,
            double c,
            double eps,
            int nsSteps) {
        this(lr, weightDecay, momentum, nesterov, List.of(a, b, c), eps, nsSteps, false);
    }

    private Muon(
            double lr,
            double weightDecay,
            double momentum,
            boolean nesterov,
            List<Double> coefficients,
            double eps,
            int nsSteps,
            boolean matchesRms) {
        super(lr);
        this.weightDecay = requireAtLeastZero("weightDecay", weightDecay);
        this.momentum = requireBelowOne("momentum", momentum);
        this.nesterov = nesterov;
        this.coefficients = coefficients;
        this.eps = requireAtLeastZero("eps", eps);
        this.nsSteps = nsSteps;
        this.matchesRms = matchesRms;
        if (nsSteps < 0 || nsSteps > MOST_STEPS) {
            throw new IllegalArgumentException("nsSteps must be at least 0 and below 100, but is " + nsSteps);
        }
        if (!coefficients.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("coefficients must be finite, but are " + coefficients);
        }
    }

    /** With PyTorch's defaults: decay 0.1, momentum 0.95, Nesterov, 3.4445, −4.775 and 2.0315 five times, ε 1e-7. */
    public Muon(double lr) {
        this(lr, 0.1, 0.95, true, 3.4445, -4.775, 2.0315, 1e-7, 5);
    }

    /**
     * The same with steps as large as AdamW's, lr · 0.2 √max(rows, columns) · X, so that learning rate and decay of
     * that can be kept (Liu et al., arXiv:2502.16982): PyTorch's {@code adjust_lr_fn='match_rms_adamw'}.
     */
    public Muon matchRmsAdamw() {
        return carriedTo(new Muon(lr(), weightDecay, momentum, nesterov, coefficients, eps, nsSteps, true));
    }

    @Override
    public List<String> stateNames() {
        return List.of("momentum_buffer");
    }

    @Override
    protected double decay() {
        return weightDecay;
    }

    @Override
    protected boolean isForMatrices() {
        return true;
    }

    @Override
    protected Update update(long count) {
        return new MuonUpdate(this, lr(), momentum, 1 - momentum);
    }

    private double ratio(Directions directions) {
        double rows = (double) directions.rows();
        double columns = (double) directions.columns();
        return matchesRms ? 0.2 * Math.sqrt(Math.max(rows, columns)) : Math.sqrt(Math.max(1, rows / columns));
    }

    private record MuonUpdate(Muon muon, double lr, double keep, double take) implements WholeUpdate {
        @Override
        public void direct(float[] w, float[] g, float[][] state, int n) {
            float[] m = state[0];
            float kept = (float) keep;
            float taken = (float) take;
            for (int i = 0; i < n; i++) {
                float mean = kept * m[i] + taken * g[i];
                g[i] = muon.nesterov ? taken * g[i] + kept * mean : mean;
                m[i] = mean;
            }
        }

        @Override
        public void direct(double[] w, double[] g, double[][] state, int n) {
            double[] m = state[0];
            for (int i = 0; i < n; i++) {
                double mean = keep * m[i] + take * g[i];
                g[i] = muon.nesterov ? take * g[i] + keep * mean : mean;
                m[i] = mean;
            }
        }

        @Override
        public Update along(Directions directions) {
            directions.orthogonalize(
                    muon.coefficients.get(0),
                    muon.coefficients.get(1),
                    muon.coefficients.get(2),
                    muon.eps,
                    muon.nsSteps);
            return new Along(lr * muon.ratio(directions));
        }
    }

    @Override
    protected Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("weight_decay", String.valueOf(weightDecay));
        settings.put("momentum", String.valueOf(momentum));
        settings.put("nesterov", String.valueOf(nesterov));
        settings.put(
                "ns_coefficients",
                "(" + coefficients.get(0) + ", " + coefficients.get(1) + ", " + coefficients.get(2) + ")");
        settings.put("eps", String.valueOf(eps));
        settings.put("ns_steps", String.valueOf(nsSteps));
        if (matchesRms) {
            settings.put("adjust_lr_fn", "match_rms_adamw");
        }
        return settings;
    }
}
