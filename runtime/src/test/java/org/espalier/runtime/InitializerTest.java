package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.storage.Numbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Initializers have the distributions that they are named after. */
class InitializerTest {
    private static final int COUNT = 40_000;

    private static double[] drawn(Initializer initializer, long... shape) {
        double[] numbers = new double[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
        Numbers sink = new Numbers() {
            @Override
            public double get(long index) {
                return numbers[(int) index];
            }

            @Override
            public void put(long index, double value) {
                numbers[(int) index] = value;
            }
        };
        initializer.fill(new RandomStream(7), sink, shape);
        return numbers;
    }

    /**
     * The largest distance between the share of numbers up to a value and the probability of that, times the square
     * root of how many there are (Kolmogorov and Smirnov): above 1.95 in one of a thousand samples.
     */
    private static double distance(double[] numbers, DoubleUnaryOperator probability) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        double largest = 0;
        for (int i = 0; i < sorted.length; i++) {
            double expected = probability.applyAsDouble(sorted[i]);
            double before = expected - i / (double) sorted.length;
            double behind = (i + 1) / (double) sorted.length - expected;
            largest = Math.max(largest, Math.max(before, behind));
        }
        return largest * Math.sqrt(sorted.length);
    }

    /** The integral of exp(−(t² − from²) / 2) by Simpson's rule, which does not vanish far from 0. */
    private static double integral(double from, double to) {
        int steps = 200;
        double width = (to - from) / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double t = from + i * width;
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp((from * from - t * t) / 2);
        }
        return sum * width / 3;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, -2, 2",
        "0, 0.02, -2, 2",
        "1, 2, 0, 3",
        "0, 1, 0, 0.1",
        "0, 1, 3, 9",
        "0, 1, 8, 9",
        "0, 1, -9, -8",
        "5, 1, -1, 0",
        "0, 1, 2, 2.01"
    })
    void truncatedNormalNumbersAreNormalWithinTheirBounds(double mean, double std, double low, double high) {
        double[] numbers = drawn(new Initializer.TruncatedNormal(mean, std, low, high), COUNT);

        assertThat(Arrays.stream(numbers).boxed()).allMatch(number -> number >= low && number <= high);
        // Of bounds below 0 the distribution is that of the opposite numbers; none counts that is farther than 9 off.
        boolean mirrored = high <= mean;
        double from = Math.max(-9, mirrored ? (mean - high) / std : (low - mean) / std);
        double to = Math.min(from < 0 ? 9 : from + 9, mirrored ? (mean - low) / std : (high - mean) / std);
        double all = integral(from, to);
        double[] standard = Arrays.stream(numbers)
                .map(number -> mirrored ? (mean - number) / std : (number - mean) / std)
                .toArray();
        assertThat(distance(standard, z -> integral(from, Math.min(z, to)) / all))
                .isLessThan(1.95);
    }

    @Test
    void uniformNumbersAreUniform() {
        double[] numbers = drawn(new Initializer.Uniform(-1, 3), COUNT);

        assertThat(distance(numbers, x -> (x + 1) / 4)).isLessThan(1.95);
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "3, 8", "8, 3", "1, 4", "4, 1"})
    void orthogonalMatricesHaveOrthonormalRowsOrColumns(int rows, int columns) {
        double[] matrix = drawn(new Initializer.Orthogonal(3), rows, columns);
        boolean wide = rows <= columns;

        for (int i = 0; i < Math.min(rows, columns); i++) {
            for (int j = 0; j < Math.min(rows, columns); j++) {
                double product = 0;
                for (int k = 0; k < Math.max(rows, columns); k++) {
                    product += wide
                            ? matrix[i * columns + k] * matrix[j * columns + k]
                            : matrix[k * columns + i] * matrix[k * columns + j];
                }
                assertThat(product).isCloseTo(i == j ? 9 : 0, within(1e-12));
            }
        }
    }

    /** A rotation or reflection of the plane by an angle that is as likely as any other. */
    @Test
    void noDirectionOfAnOrthogonalMatrixIsLikelierThanAnother() {
        RandomStream random = new RandomStream(3);
        double[] angles = new double[4000];
        int reflections = 0;
        double[] matrix = new double[4];
        Numbers sink = new Numbers() {
            @Override
            public double get(long index) {
                return matrix[(int) index];
            }

            @Override
            public void put(long index, double value) {
                matrix[(int) index] = value;
            }
        };
        for (int i = 0; i < angles.length; i++) {
            new Initializer.Orthogonal(1).fill(random, sink, 2, 2);
            angles[i] = Math.atan2(matrix[1], matrix[0]);
            reflections += matrix[0] * matrix[3] - matrix[1] * matrix[2] < 0 ? 1 : 0;
        }

        assertThat(distance(angles, angle -> (angle + Math.PI) / (2 * Math.PI))).isLessThan(1.95);
        assertThat(reflections).isBetween(1850, 2150);
    }
}
