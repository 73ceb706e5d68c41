package org.espalier.benchmarks.subject;

import java.util.SplittableRandom;

/** Numbers to measure with, the same for all who take part. */
public final class Draw {
    private Draw() {}

    /** Normally distributed around 0. */
    public static float[] normal(long seed, int count, double standardDeviation) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (standardDeviation * random.nextGaussian());
        }
        return numbers;
    }

    /** Evenly distributed between -1 and 1, as pixels are. */
    public static float[] pixels(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }
}
