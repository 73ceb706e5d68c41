package org.espalier.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.inference.convolution.ForwardConvolution;
import org.espalier.inference.convolution.ForwardTransposed;
import org.espalier.inference.convolution.Sliding;
import org.espalier.inference.product.ForwardLinear;
import org.espalier.inference.tensor.FloatTensor;
import org.junit.jupiter.api.Test;

/** One weight, read by operations that pack it in different ways. */
class SharedWeightsTest {
    private static final int ROWS = 12;
    private static final int COLUMNS = 2;
    private static final Sliding ONE = Sliding.kernel(1);

    /** Whole numbers, whose sums are exact. */
    private static float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (7 * i + 3) % 11 - 5;
        }
        return numbers;
    }

    private final FloatTensor weight = FloatTensor.of(numbers(ROWS * COLUMNS), ROWS, COLUMNS, 1);

    private final List<Runnable> operations = List.of(
            () -> assertThat(linear()).isEqualTo(convolved(1)),
            () -> assertThat(convolution(1)).isEqualTo(convolved(1)),
            () -> assertThat(convolution(2)).isEqualTo(convolved(2)),
            () -> assertThat(transposed(1)).isEqualTo(scattered(1)),
            () -> assertThat(transposed(2)).isEqualTo(scattered(2)));

    @Test
    void everyOperationReadsItInItsOwnWay() {
        weight.shared();
        for (int round = 0; round < 2; round++) {
            operations.forEach(Runnable::run);
        }
    }

    @Test
    void theirOrderMakesNoDifference() {
        weight.shared();
        for (int i = operations.size() - 1; i >= 0; i--) {
            operations.get(i).run();
        }
    }

    @Test
    void weightsOfOneOperationAreKeptAsItPacksThemAlone() {
        assertThat(linear()).isEqualTo(convolved(1));
        assertThat(weight.data()).isEmpty();
        assertThat(linear()).isEqualTo(convolved(1));
        assertThatIllegalStateException().isThrownBy(() -> transposed(1));
    }

    @Test
    void severalThreadsMayPackAtOnce() {
        float[] expected = convolved(1);
        List<float[]> results =
                IntStream.range(0, 64).parallel().mapToObj(i -> linear()).toList();

        assertThat(results).hasSize(64).allSatisfy(y -> assertThat(y).isEqualTo(expected));
    }

    private float[] linear() {
        FloatTensor y = FloatTensor.batch(new float[ROWS], 0, 1, ROWS);
        ForwardLinear.forward(FloatTensor.batch(numbers(COLUMNS), 0, 1, COLUMNS), weight, null, y);
        return y.toArray();
    }

    private float[] convolution(int groups) {
        FloatTensor x = FloatTensor.batch(numbers(groups * COLUMNS), 0, 1, groups * COLUMNS, 1);
        FloatTensor y = FloatTensor.batch(new float[ROWS], 0, 1, ROWS, 1);
        ForwardConvolution.forward(x, weight, null, y, ONE);
        return y.toArray();
    }

    private float[] transposed(int groups) {
        FloatTensor x = FloatTensor.batch(numbers(ROWS), 0, 1, ROWS, 1);
        FloatTensor y = FloatTensor.batch(new float[groups * COLUMNS], 0, 1, groups * COLUMNS, 1);
        ForwardTransposed.forward(x, weight, null, y, ONE);
        return y.toArray();
    }

    /** y[o] = Σ w[o, i] x[i] over the inputs of the group of o. */
    private static float[] convolved(int groups) {
        float[] w = numbers(ROWS * COLUMNS);
        float[] x = numbers(groups * COLUMNS);
        float[] y = new float[ROWS];
        for (int o = 0; o < ROWS; o++) {
            for (int i = 0; i < COLUMNS; i++) {
                y[o] += w[o * COLUMNS + i] * x[o / (ROWS / groups) * COLUMNS + i];
            }
        }
        return y;
    }

    /** y[o] = Σ x[i] w[i, o] over the inputs of the group of o. */
    private static float[] scattered(int groups) {
        float[] w = numbers(ROWS * COLUMNS);
        float[] x = numbers(ROWS);
        float[] y = new float[groups * COLUMNS];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                y[i / (ROWS / groups) * COLUMNS + j] += x[i] * w[i * COLUMNS + j];
            }
        }
        return y;
    }
}
