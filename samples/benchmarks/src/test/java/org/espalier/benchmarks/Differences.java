package org.espalier.benchmarks;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Compares what subjects computed. */
public final class Differences {
    private Differences() {}

    /** The largest difference of two numbers at the same place. */
    public static double largest(float[] a, float[] b) {
        return differences(a, b).max().orElseThrow();
    }

    /** The mean difference of numbers at the same place. */
    public static double mean(float[] a, float[] b) {
        return differences(a, b).average().orElseThrow();
    }

    private static DoubleStream differences(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new AssertionError("expected as many numbers, found " + a.length + " and " + b.length);
        }
        return IntStream.range(0, a.length).mapToDouble(i -> Math.abs((double) a[i] - b[i]));
    }
}
