package org.espalier.runtime.train.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lowers the learning rate when a number no longer gets better, with PyTorch's arguments and rules: after more than
 * {@code patience} numbers in a row that are none, lr ← max(factor · lr, minLr), unless that changes it by no more than
 * {@code eps}; the next {@code cooldown} numbers do not count.
 */
public final class ReduceLROnPlateau {
    private final Mode mode;
    private final double factor;
    private final int patience;
    private final double threshold;
    private final ThresholdMode thresholdMode;
    private final int cooldown;
    private final double minLr;
    private final double eps;
    private double best;
    private int bad;
    private int cooling;

    /** Direction in which a number gets better. */
    public enum Mode {
        /** Downwards, as a loss. */
        MIN,
        /** Upwards, as an accuracy. */
        MAX
    }

    /** Meaning of the threshold. */
    public enum ThresholdMode {
        /** A share of the best number. */
        REL,
        /** A difference from the best number. */
        ABS
    }

    /**
     * @param mode which numbers are better
     * @param factor what the learning rate is multiplied by, above 0 and below 1
     * @param patience how many numbers in a row may be no better
     * @param threshold by how much a number must be better to count as such
     * @param thresholdMode whether that is a share or a difference
     * @param cooldown how many numbers do not count after a change
     * @param minLr the least learning rate
     * @param eps the least change
     * @throws IllegalArgumentException if one is out of its range
     */
    public ReduceLROnPlateau(
            Mode mode,
            double factor,
            int patience,
            double threshold,
            ThresholdMode thresholdMode,
            int cooldown,
            double minLr,
            double eps) {
        Requirements.aboveZero("factor", factor);
        if (factor >= 1) {
            throw new IllegalArgumentException("factor must be below 1, but is " + factor);
        }
        Requirements.atLeastZero("patience", patience);
        Requirements.atLeastZero("threshold", threshold);
        Requirements.atLeastZero("cooldown", cooldown);
        Requirements.atLeastZero("minLr", minLr);
        Requirements.atLeastZero("eps", eps);
        this.mode = mode;
        this.factor = factor;
        this.patience = patience;
        this.threshold = threshold;
        this.thresholdMode = thresholdMode;
        this.cooldown = cooldown;
        this.minLr = minLr;
        this.eps = eps;
        this.best = mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }

    /** With PyTorch's other defaults: a relative threshold of 1e-4, no cooldown, down to 0. */
    public ReduceLROnPlateau(Mode mode, double factor, int patience) {
        this(mode, factor, patience, 1e-4, ThresholdMode.REL, 0, 0, 1e-8);
    }

    /** With PyTorch's defaults for a loss: a tenth after ten numbers that are no better. */
    public ReduceLROnPlateau() {
        this(Mode.MIN, 0.1, 10);
    }

    /**
     * Takes the next number.
     *
     * @return whether learning rates are to be {@link #reduced}
     */
    public boolean step(double number) {
        if (isBetter(number)) {
            best = number;
            bad = 0;
        } else {
            bad++;
        }
        if (cooling > 0) {
            cooling--;
            bad = 0;
        }
        if (bad <= patience) {
            return false;
        }
        cooling = cooldown;
        bad = 0;
        return true;
    }

    private boolean isBetter(double number) {
        boolean relative = thresholdMode == ThresholdMode.REL;
        return mode == Mode.MIN
                ? number < (relative ? best * (1 - threshold) : best - threshold)
                : number > (relative ? best * (1 + threshold) : best + threshold);
    }

    /** Computes a learning rate that is lower by the factor, or the same. */
    public double reduced(double lr) {
        double lower = Math.max(lr * factor, minLr);
        return lr - lower > eps ? lower : lr;
    }

    /** Its best number and counts, for a checkpoint. */
    public Map<String, String> state() {
        Map<String, String> state = new LinkedHashMap<>();
        state.put("best", String.valueOf(best));
        state.put("bad", String.valueOf(bad));
        state.put("cooling", String.valueOf(cooling));
        return state;
    }

    /**
     * Goes on from {@link #state}.
     *
     * @throws IllegalArgumentException if it has no such numbers
     */
    public void resume(Map<String, String> state) {
        double restored = Double.parseDouble(state.getOrDefault("best", ""));
        int restoredBad = Integer.parseInt(state.getOrDefault("bad", ""));
        cooling = Integer.parseInt(state.getOrDefault("cooling", ""));
        best = restored;
        bad = restoredBad;
    }
}
