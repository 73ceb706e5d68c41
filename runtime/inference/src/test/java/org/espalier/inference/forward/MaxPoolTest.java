package org.espalier.inference.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.espalier.inference.InferenceVolumes;
import org.espalier.inference.convolution.Sliding;
import org.espalier.inference.tensor.FloatTensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests max pools of volumes against their windows, element by element. */
class MaxPoolTest {
    @ParameterizedTest
    @CsvSource({"2, 2, 0, 1, 8", "3, 2, 1, 1, 9", "3, 1, 1, 2, 7", "2, 3, 1, 2, 11", "3, 2, 1, 1, 1"})
    void eachElementIsTheLargestOfItsWindow(int kernel, int stride, int padding, int dilation, int size) {
        int width = size + 5;
        int depth = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
        int columns = (width + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
        float[] numbers = new float[2 * size * size * width];
        Random random = new Random(1);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian() - 3;
        }
        numbers[numbers.length / 2] = Float.NaN;
        FloatTensor y = FloatTensor.batch(new float[2 * depth * depth * columns], 0, 1, 2, depth, depth, columns);

        InferenceVolumes.maxPool3d(
                FloatTensor.batch(numbers, 0, 1, 2, size, size, width),
                y,
                Sliding.kernel(kernel, kernel, kernel)
                        .stride(stride, stride, stride)
                        .padding(padding, padding, padding)
                        .dilation(dilation, dilation, dilation));

        for (int place = 0; place < y.data().length; place++) {
            int channel = place / columns / depth / depth;
            float largest = Float.NEGATIVE_INFINITY;
            for (int tap = 0; tap < kernel * kernel * kernel; tap++) {
                int d = place / columns / depth % depth * stride - padding + tap / kernel / kernel * dilation;
                int h = place / columns % depth * stride - padding + tap / kernel % kernel * dilation;
                int w = place % columns * stride - padding + tap % kernel * dilation;
                if (d >= 0 && d < size && h >= 0 && h < size && w >= 0 && w < width) {
                    largest = Math.max(largest, numbers[((channel * size + d) * size + h) * width + w]);
                }
            }
            assertThat(Float.compare(y.data()[place], largest))
                    .as("element %s", place)
                    .isZero();
        }
    }
}
