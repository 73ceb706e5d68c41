package org.espalier.runtime;

import org.espalier.runtime.kernel.memory.RandomStream;

/** Distribution of a parameter's initial values. */
public sealed interface Initializer {
    /** The next element. */
    double next(RandomStream random);

    /** The next element, which is the one of a place in row-major order. */
    default double next(RandomStream random, long place) {
        return next(random);
    }

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

        /** The same, but for zeros from one place to before another; the elements elsewhere are the same. */
        public Initializer except(long from, long to) {
            return new NormalExcept(this, from, to);
        }
    }

    /**
     * Normal, but for zeros in one place: the row of an embedding that stands for padding.
     *
     * @param normal all the others
     * @param from the first element that is 0, in row-major order
     * @param to the first after it that is not
     */
    record NormalExcept(Normal normal, long from, long to) implements Initializer {
        @Override
        public double next(RandomStream random) {
            return normal.next(random);
        }

        @Override
        public double next(RandomStream random, long place) {
            double drawn = normal.next(random);
            return place >= from && place < to ? 0 : drawn;
        }
    }
}
