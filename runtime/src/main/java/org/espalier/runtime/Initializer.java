package org.espalier.runtime;

import org.espalier.runtime.initial.OrthonormalMatrix;
import org.espalier.runtime.initial.TruncatedGaussian;
import org.espalier.runtime.kernel.elementwise.DoubleFormula;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.storage.Numbers;
import org.espalier.runtime.storage.PlacedNumbers;

/** Distribution of a parameter's initial values. */
public sealed interface Initializer {
    /** Sets all numbers of a tensor of a shape. */
    void fill(RandomStream random, Numbers numbers, long... shape);

    /** One that draws each element by itself, in row-major order. */
    sealed interface Elementwise extends Initializer {
        /** The next element, which is the one of a place in row-major order. */
        double next(RandomStream random, long place);

        @Override
        default void fill(RandomStream random, Numbers numbers, long... shape) {
            long count = 1;
            for (long size : shape) {
                count *= size;
            }
            for (long place = 0; place < count; place++) {
                numbers.put(place, next(random, place));
            }
        }
    }

    /**
     * Every element the same.
     *
     * @param value the element
     */
    record Constant(double value) implements Elementwise {
        @Override
        public double next(RandomStream random, long place) {
            return value;
        }
    }

    /**
     * Uniform in [{@code low}, {@code high}).
     *
     * @param low the least
     * @param high the least number that is too large
     */
    record Uniform(double low, double high) implements Elementwise {
        @Override
        public double next(RandomStream random, long place) {
            return (low + high) / 2 + (high - low) / 2 * (2 * random.nextDouble() - 1);
        }
    }

    /**
     * Normal.
     *
     * @param mean its mean
     * @param standardDeviation its standard deviation
     */
    record Normal(double mean, double standardDeviation) implements Elementwise {
        @Override
        public double next(RandomStream random, long place) {
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
    record NormalExcept(Normal normal, long from, long to) implements Elementwise {
        @Override
        public double next(RandomStream random, long place) {
            double drawn = normal.next(random, place);
            return place >= from && place < to ? 0 : drawn;
        }
    }

    /**
     * Normal, given that it is within bounds.
     *
     * @param mean of the normal distribution without bounds
     * @param standardDeviation of the normal distribution without bounds
     * @param low the least number
     * @param high the largest
     */
    record TruncatedNormal(double mean, double standardDeviation, double low, double high) implements Elementwise {
        @Override
        public double next(RandomStream random, long place) {
            double from = (low - mean) / standardDeviation;
            double to = (high - mean) / standardDeviation;
            double drawn = mean + standardDeviation * TruncatedGaussian.next(random, from, to);
            return Math.min(Math.max(drawn, low), high);
        }
    }

    /**
     * A matrix with orthonormal rows or columns, whichever are fewer, times a factor: drawn uniformly from all of them.
     * Axes after the first count as one.
     *
     * @param gain the factor
     */
    record Orthogonal(double gain) implements Initializer {
        @Override
        public void fill(RandomStream random, Numbers numbers, long... shape) {
            OrthonormalMatrix.fill(random, gain, numbers, shape);
        }
    }

    /**
     * Each element by its place.
     *
     * @param values a formula of the place along each axis
     */
    record ByPlace(DoubleFormula values) implements Initializer {
        @Override
        public void fill(RandomStream random, Numbers numbers, long... shape) {
            PlacedNumbers.compute(values, numbers::put, shape);
        }
    }
}
