package org.espalier.runtime;

import org.espalier.runtime.kernel.memory.RandomStream;

/** How a parameter starts. */
public sealed interface Initializer {
    /** The next element. */
    double next(RandomStream random);

    /**
     * Every element the same.
     *
     * @param value the element
     */
    record Constant(double value) implements Initializer {
        @Override
        public double next(RandomStream random) {
            return value;
        }
    }

    /**
     * Uniform in [−{@code bound}, {@code bound}).
     *
     * @param bound half the width
     */
    record Uniform(double bound) implements Initializer {
        @Override
        public double next(RandomStream random) {
            return bound * (2 * random.nextDouble() - 1);
        }
    }

    /**
     * Normal.
     *
     * @param mean its mean
     * @param standardDeviation its standard deviation
     */
    record Normal(double mean, double standardDeviation) implements Initializer {
        @Override
        public double next(RandomStream random) {
            return mean + standardDeviation * random.nextGaussian();
        }
    }
}
