package org.espalier.runtime.train.schedule;

/**
 * Lets the learning rate fall to 0 as a power of the steps that are left: base · (1 − t / totalIters)^power.
 *
 * @param totalIters how many steps it takes; afterwards the learning rate is 0
 * @param power the exponent
 */
public record PolynomialLR(long totalIters, double power) implements LRScheduler {
    /** Checks the ranges. */
    public PolynomialLR {
        Requirements.atLeastOne("totalIters", totalIters);
        Requirements.aboveZero("power", power);
    }

    /** In a straight line, PyTorch's default. */
    public PolynomialLR(long totalIters) {
        this(totalIters, 1);
    }

    @Override
    public double lr(double base, long steps) {
        double left = 1 - (double) Math.min(steps, totalIters) / (double) totalIters;
        return base * Math.pow(left, power);
    }
}
