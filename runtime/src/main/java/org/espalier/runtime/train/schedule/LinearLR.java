package org.espalier.runtime.train.schedule;

/**
 * Multiplies the learning rate by a factor that goes from one number to another in a straight line, and then stays: a
 * warm-up, by PyTorch's defaults.
 *
 * @param startFactor the factor at first, above 0 and at most 1
 * @param endFactor the factor at the end, from 0 to 1
 * @param totalIters how many steps it takes
 */
public record LinearLR(double startFactor, double endFactor, long totalIters) implements LRScheduler {
    /** Checks the ranges. */
    public LinearLR {
        Requirements.share("startFactor", startFactor);
        Requirements.aboveZero("startFactor", startFactor);
        Requirements.share("endFactor", endFactor);
        Requirements.atLeastOne("totalIters", totalIters);
    }

    /** With PyTorch's defaults: from a third to all of it, in five steps. */
    public LinearLR() {
        this(1.0 / 3, 1, 5);
    }

    @Override
    public double lr(double base, long steps) {
        double done = (double) Math.min(steps, totalIters) / (double) totalIters;
        return base * (startFactor + (endFactor - startFactor) * done);
    }
}
