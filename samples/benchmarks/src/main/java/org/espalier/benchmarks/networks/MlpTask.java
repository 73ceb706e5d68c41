package org.espalier.benchmarks.networks;

import org.espalier.benchmarks.subject.Draw;

/** Training data of the small network: random numbers. */
public final class MlpTask {
    /** Samples of a step. */
    public static final int BATCH = 32;

    /** Numbers of each. */
    public static final int FEATURES = 30;

    private MlpTask() {}

    /** {@code [batch, 30]}. */
    public static float[] features() {
        return Draw.normal(5, BATCH * FEATURES, 1);
    }

    /** {@code [batch, 1]}. */
    public static float[] answers() {
        return Draw.normal(6, BATCH, 1);
    }
}
