package org.espalier.inference.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.espalier.inference.InferenceKernels;
import org.espalier.inference.tensor.FloatTensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests transposed convolutions against plain sums: strides, paddings, dilations and groups. */
class TransposedSumsTest {
    private static final int SAMPLES = 2;
    private static final Offset<Float> CLOSE = Offset.offset(1e-4f);

    private static float[] numbers(int count, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({
        "3, 7, 1, 5, 4, 2, 1, 1, 0", "70, 3, 1, 9, 4, 2, 1, 1, 0", "9, 6, 1, 1, 4, 2, 1, 1, 0",
        "4, 6, 2, 6, 3, 1, 1, 1, 0", "6, 8, 2, 4, 3, 2, 0, 2, 1", "5, 4, 1, 3, 2, 3, 0, 1, 2",
        "2, 3, 1, 7, 5, 3, 4, 1, 0", "3, 9, 1, 6, 1, 2, 0, 1, 1", "8, 8, 1, 30, 2, 2, 0, 1, 0",
        "4, 8, 4, 5, 3, 2, 5, 3, 1", "3, 5, 1, 4, 3, 2, 6, 3, 0",
    })
    void transposedConvolutionsAreSums(
            int inputs,
            int outputs,
            int groups,
            int size,
            int kernel,
            int stride,
            int padding,
            int dilation,
            int more) {
        int width = size + 2;
        int rows = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + more + 1;
        int columns = (width - 1) * stride - 2 * padding + dilation * (kernel - 1) + more + 1;
        int ofGroup = outputs / groups;
        float[] x = numbers(SAMPLES * inputs * size * width, 1);
        float[] w = numbers(inputs * ofGroup * kernel * kernel, 2);
        float[] bias = numbers(outputs, 3);
        double[] expected = new double[SAMPLES * outputs * rows * columns];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = bias[i / rows / columns % outputs];
        }
        for (int place = 0; place < x.length; place++) {
            int column = place % width;
            int row = place / width % size;
            int input = place / width / size % inputs;
            int sample = place / width / size / inputs;
            for (int tap = 0; tap < ofGroup * kernel * kernel; tap++) {
                int output = input / (inputs / groups) * ofGroup + tap / kernel / kernel;
                int r = row * stride - padding + tap / kernel % kernel * dilation;
                int c = column * stride - padding + tap % kernel * dilation;
                if (r >= 0 && r < rows && c >= 0 && c < columns) {
                    expected[((sample * outputs + output) * rows + r) * columns + c] +=
                            x[place] * (double) w[input * ofGroup * kernel * kernel + tap];
                }
            }
        }

        FloatTensor y = FloatTensor.batch(new float[expected.length], 0, SAMPLES, outputs, rows, columns);
        InferenceKernels.convTranspose2d(
                FloatTensor.batch(x, 0, SAMPLES, inputs, size, width),
                FloatTensor.of(w.clone(), inputs, ofGroup, kernel, kernel),
                FloatTensor.of(bias, outputs),
                y,
                Sliding.kernel(kernel, kernel)
                        .stride(stride, stride)
                        .padding(padding, padding)
                        .dilation(dilation, dilation));

        for (int place = 0; place < expected.length; place++) {
            assertThat(y.data()[place]).as("element %s", place).isCloseTo((float) expected[place], CLOSE);
        }
    }
}
