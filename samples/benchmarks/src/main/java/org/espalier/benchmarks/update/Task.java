package org.espalier.benchmarks.update;

import org.espalier.benchmarks.subject.Draw;

/** Weights, gradients and hyperparameters of the update benchmark. */
public final class Task {
    /** Numbers to update. */
    public static final int COUNT = 32 << 20;

    /** λ of the L1 penalty, λ Σ|w|. */
    public static final double L1 = 1e-6;

    /** λ of the L2 penalty, ½ λ Σw². */
    public static final double L2 = 1e-5;

    /** Adam's learning rate. */
    public static final double LR = 2e-4;

    /** Adam's β₁. */
    public static final double BETA1 = 0.5;

    /** Adam's β₂. */
    public static final double BETA2 = 0.999;

    /** Adam's ε. */
    public static final double EPS = 1e-8;

    /** GB that one pass moves: weights, gradients and two moments are read, all but the gradients are written. */
    public static final double GIGABYTES = 7.0 * Float.BYTES * COUNT / 1e9;

    private Task() {}

    /** Weights before the first update. */
    public static float[] weights(int count) {
        return Draw.normal(1, count, 0.02);
    }

    /** The gradient, the same at every update. */
    public static float[] gradients(int count) {
        return Draw.normal(2, count, 0.01);
    }
}
