package org.espalier.benchmarks;

import java.util.List;

/** The middle of measured values, which a few disturbed ones do not move. */
final class Median {
    private Median() {}

    /**
     * The value that half of the others are below.
     *
     * @throws IllegalArgumentException if there is none
     */
    static double of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
