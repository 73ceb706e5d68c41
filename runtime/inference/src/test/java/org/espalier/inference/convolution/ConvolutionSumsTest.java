package org.espalier.inference.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.espalier.inference.tensor.FloatTensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests convolutions against plain sums: strides, paddings, dilations, groups, and more than fits into a tile. */
class ConvolutionSumsTest {
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
        "3, 7, 1, 9, 3, 1, 1, 1", "70, 13, 1, 5, 3, 1, 1, 1", "8, 6, 1, 11, 3, 2, 1, 1", "4, 9, 1, 11, 3, 2, 0, 3",
        "16, 20, 1, 9, 3, 1, 1, 1", "33, 16, 1, 22, 3, 1, 0, 1", "16, 70, 1, 14, 3, 1, 2, 1",
                "40, 40, 1, 57, 3, 1, 1, 1",
        "12, 20, 2, 5, 1, 2, 0, 1", "3, 8, 1, 30, 7, 2, 3, 1", "2, 9, 1, 21, 5, 1, 2, 1", "9, 7, 1, 2, 4, 2, 1, 1",
        "6, 16, 2, 8, 3, 1, 2, 2", "5, 8, 1, 40, 1, 1, 0, 1", "2, 8, 1, 12, 4, 3, 2, 1", "6, 6, 6, 7, 3, 1, 1, 1",
    })
    void convolutionsAreSums(
            int inputs, int outputs, int groups, int size, int kernel, int stride, int padding, int dilation) {
        int height = size;
        int width = size + 3;
        int rows = (height + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
        int columns = (width + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
        int ofGroup = inputs / groups;
        float[] x = numbers(SAMPLES * inputs * height * width, 1);
        float[] w = numbers(outputs * ofGroup * kernel * kernel, 2);
        float[] bias = numbers(outputs, 3);
        FloatTensor y =
                FloatTensor.batch(new float[SAMPLES * outputs * rows * columns], 0, SAMPLES, outputs, rows, columns);
        Sliding window = Sliding.kernel(kernel, kernel)
                .stride(stride, stride)
                .padding(padding, padding)
                .dilation(dilation, dilation);
        ForwardConvolution.forward(
                FloatTensor.batch(x, 0, SAMPLES, inputs, height, width),
                FloatTensor.of(w.clone(), outputs, ofGroup, kernel, kernel),
                FloatTensor.of(bias, outputs),
                y,
                window);
        for (int place = 0; place < y.data().length; place++) {
            int column = place % columns;
            int row = place / columns % rows;
            int output = place / columns / rows % outputs;
            int sample = place / columns / rows / outputs;
            double sum = bias[output];
            for (int tap = 0; tap < ofGroup * kernel * kernel; tap++) {
                int input = output / (outputs / groups) * ofGroup + tap / kernel / kernel;
                int r = row * stride - padding + tap / kernel % kernel * dilation;
                int c = column * stride - padding + tap % kernel * dilation;
                if (r >= 0 && r < height && c >= 0 && c < width) {
                    sum += w[output * ofGroup * kernel * kernel + tap]
                            * x[((sample * inputs + input) * height + r) * width + c];
                }
            }
            assertThat(y.data()[place]).as("element %s", place).isCloseTo((float) sum, CLOSE);
        }
    }
}
