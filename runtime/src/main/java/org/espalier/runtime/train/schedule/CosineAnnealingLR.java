package org.espalier.runtime.train.schedule;

/**
 * Lets the learning rate fall along half a wave (Loshchilov and Hutter, arXiv:1608.03983, without restarts): etaMin +
 * (base − etaMin) · (1 + cos(π t / tMax)) / 2. After tMax steps it rises again, as PyTorch's does.
 *
 * @param tMax how many steps it takes
 * @param etaMin the least learning rate
 */
public record CosineAnnealingLR(long tMax, double etaMin) implements LRScheduler {
    /** Checks the ranges. */
    public CosineAnnealingLR {
        Requirements.atLeastOne("tMax", tMax);
        Requirements.atLeastZero("etaMin", etaMin);
    }

    /** Down to 0. */
    public CosineAnnealingLR(long tMax) {
        this(tMax, 0);
    }

    @Override
    public double lr(double base, long steps) {
        return etaMin + (base - etaMin) * (1 + Math.cos(Math.PI * (double) steps / (double) tMax)) / 2;
    }
}
