package org.espalier.runtime.train.schedule;

/**
 * Lets the learning rate fall along half a wave again and again (Loshchilov and Hutter, arXiv:1608.03983): etaMin +
 * (base − etaMin) · (1 + cos(π t / T)) / 2, where t counts from the last restart.
 *
 * @param t0 steps to the first restart
 * @param tMult what T, the steps to the next restart, is multiplied by at each
 * @param etaMin the least learning rate
 */
public record CosineAnnealingWarmRestarts(long t0, long tMult, double etaMin) implements LRScheduler {
    /** Checks the ranges. */
    public CosineAnnealingWarmRestarts {
        Requirements.atLeastOne("t0", t0);
        Requirements.atLeastOne("tMult", tMult);
        Requirements.atLeastZero("etaMin", etaMin);
    }

    /** All restarts equally far apart, down to 0. */
    public CosineAnnealingWarmRestarts(long t0) {
        this(t0, 1, 0);
    }

    @Override
    public double lr(double base, long steps) {
        long length = t0;
        long since = steps;
        if (tMult == 1) {
            since = steps % t0;
        } else {
            while (since >= length) {
                since -= length;
                length *= tMult;
            }
        }
        return etaMin + (base - etaMin) * (1 + Math.cos(Math.PI * (double) since / (double) length)) / 2;
    }
}
