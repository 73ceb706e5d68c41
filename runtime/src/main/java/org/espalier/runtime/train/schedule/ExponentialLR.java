package org.espalier.runtime.train.schedule;

/**
 * Multiplies the learning rate by γ at each step: base · γᵗ.
 *
 * @param gamma γ, the factor
 */
public record ExponentialLR(double gamma) implements LRScheduler {
    /** Checks the range. */
    public ExponentialLR {
        Requirements.atLeastZero("gamma", gamma);
    }

    @Override
    public double lr(double base, long steps) {
        return base * Math.pow(gamma, (double) steps);
    }
}
