package org.espalier.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Arrays;
import java.util.Random;
import java.util.ServiceLoader;
import org.espalier.runtime.kernel.convolution.TapSums;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums over taps by the Vector API agree with those written out. */
class VectorTapSumsTest {
    private static final int[] AT = {40, 0, 3, 17, 4, 40, 90};

    private final TapSums sums = new VectorTapSums();
    private final Random random = new Random(3);

    @Test
    void isFoundAsAServiceOfTheKernels() {
        assertThat(ServiceLoader.load(TapSums.class)).hasExactlyElementsOfTypes(VectorTapSums.class);
    }

    @BeforeEach
    void isAvailable() {
        assumeThat(sums.isAvailable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 63, 64, 65, 200, 5_000})
    void sumsOverTaps(int count) {
        float[] from = numbers(90 + count + 2 * TapSums.SLACK);
        float[] weights = numbers(2 + AT.length);
        float[] to = numbers(count + 2 * TapSums.SLACK);
        float[] before = to.clone();
        sums.add(from, AT, weights, 2, to, count);
        for (int t = 0; t < count; t++) {
            double sum = before[t];
            for (int k = 0; k < AT.length; k++) {
                sum += (double) weights[2 + k] * from[AT[k] + t];
            }
            assertThat((double) to[t]).as("place %d", t).isCloseTo(sum, within(1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 63, 64, 65, 200, 5_000})
    void sumsOfProducts(int count) {
        float[] from = numbers(90 + count + 2 * TapSums.SLACK);
        float[] with = numbers(count + 2 * TapSums.SLACK);
        Arrays.fill(with, count, with.length, 0);
        double[] actual = new double[2 + AT.length];
        Arrays.fill(actual, 1);
        sums.addProducts(from, AT, with, count, actual, 1);
        for (int k = 0; k < AT.length; k++) {
            double sum = 1;
            for (int t = 0; t < count; t++) {
                sum += (double) from[AT[k] + t] * with[t];
            }
            assertThat(actual[1 + k]).as("tap %d", k).isCloseTo(sum, within(1e-5 * (1 + Math.sqrt(count))));
        }
        assertThat(actual[0]).isEqualTo(1);
        assertThat(actual[1 + AT.length]).isEqualTo(1);
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = 2 * random.nextFloat() - 1;
        }
        return numbers;
    }
}
