package org.espalier.inference.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.espalier.inference.curve.ActivationCurves;
import org.espalier.inference.tensor.FloatTensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds Winograd's convolution to the bound of its error, at random shapes, and with all that its output takes on. */
class WinogradForwardTest {
    private static final double BOUND = 1e-5;
    private static final int SAMPLES = 3;

    private static FloatTensor numbers(int seed, int... sizes) {
        Random random = new Random(seed);
        float[] numbers = new float[SAMPLES * FloatTensor.product(sizes)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return FloatTensor.batch(numbers, 0, SAMPLES, sizes);
    }

    @ParameterizedTest
    @CsvSource({"16, 16, 1, 1, 1", "16, 19, 4, 9, 1", "70, 33, 13, 6, 0", "300, 20, 7, 7, 1", "17, 64, 30, 41, 2"})
    void errorsStayBelowTheirBound(int inputs, int outputs, int height, int width, int padding) {
        int rows = height + 2 * padding - 2;
        int columns = width + 2 * padding - 2;
        FloatTensor x = numbers(1, inputs, height, width);
        FloatTensor weight = FloatTensor.of(numbers(2, outputs, inputs, 3, 3).data(), outputs, inputs, 3, 3);
        FloatTensor bias = FloatTensor.of(numbers(3, outputs).data(), outputs);
        FloatTensor y = numbers(4, outputs, rows, columns);
        double[] expected = new double[y.data().length];
        double largest = 0;
        for (int place = 0; place < expected.length; place++) {
            double sum = sum(x, weight, place, outputs, rows, columns, padding)
                    + bias.data()[place / columns / rows % outputs]
                    + y.data()[place];
            expected[place] = Math.max(0, sum);
            largest = Math.max(largest, expected[place]);
        }

        ResultWork epilogue = new ResultWork(bias, y, ActivationCurves::relu);
        WinogradForward.forward(x, weight, epilogue, y, Sliding.kernel(3, 3).padding(padding, padding));

        for (int place = 0; place < expected.length; place++) {
            assertThat(Math.abs(y.data()[place] - expected[place])).isLessThanOrEqualTo(BOUND * largest);
        }
    }

    private static double sum(
            FloatTensor x, FloatTensor weight, int place, int outputs, int rows, int columns, int padding) {
        int inputs = x.sizes[0];
        int height = x.sizes[1];
        int width = x.sizes[2];
        int output = place / columns / rows % outputs;
        double sum = 0;
        for (int tap = 0; tap < inputs * 9; tap++) {
            int r = place / columns % rows + tap / 3 % 3 - padding;
            int c = place % columns + tap % 3 - padding;
            if (r >= 0 && r < height && c >= 0 && c < width) {
                int at = x.at(place / columns / rows / outputs) + (tap / 9 * height + r) * width + c;
                sum += (double) x.data()[at] * weight.data()[output * inputs * 9 + tap];
            }
        }
        return sum;
    }
}
