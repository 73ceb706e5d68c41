package org.espalier.runtime.train.schedule;

/**
 * Multiplies the learning rate by γ every so many steps: base · γ^⌊t / stepSize⌋.
 *
 * @param stepSize how many steps a learning rate holds
 * @param gamma γ, the factor
 */
public record StepLR(long stepSize, double gamma) implements LRScheduler {
    /** Checks the ranges. */
    public StepLR {
        Requirements.atLeastOne("stepSize", stepSize);
        Requirements.atLeastZero("gamma", gamma);
    }

    /** With PyTorch's factor, 0.1. */
    public StepLR(long stepSize) {
        this(stepSize, 0.1);
    }

    @Override
    public double lr(double base, long steps) {
        long falls = steps / stepSize;
        return base * Math.pow(gamma, (double) falls);
    }
}
