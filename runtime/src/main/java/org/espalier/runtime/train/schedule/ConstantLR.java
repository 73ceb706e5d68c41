package org.espalier.runtime.train.schedule;

/**
 * Multiplies the learning rate by a factor for a while, and by nothing afterwards.
 *
 * @param factor the factor, from 0 to 1
 * @param totalIters how many steps it holds
 */
public record ConstantLR(double factor, long totalIters) implements LRScheduler {
    /** Checks the ranges. */
    public ConstantLR {
        Requirements.share("factor", factor);
        Requirements.atLeastOne("totalIters", totalIters);
    }

    /** With PyTorch's defaults: a third, for five steps. */
    public ConstantLR() {
        this(1.0 / 3, 5);
    }

    @Override
    public double lr(double base, long steps) {
        return steps < totalIters ? base * factor : base;
    }
}
