package org.espalier.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.FloatBuffer;
import java.util.Random;
import java.util.ServiceLoader;
import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.convolution.SmallConvolution;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Prepared;
import org.espalier.runtime.kernel.convolution.SmallConvolution.Shape;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class VectorConvolutionTest {
    private final VectorConvolution convolution = new VectorConvolution();
    private final boolean isAvailable = convolution.isAvailable();

    private static Shape shape(int inputs, int outputs, int height, int width, int down, int across) {
        return new Shape(
                inputs, outputs, 5, 5, down, across, height, width, height + 2 * down - 4, width + 2 * across - 4);
    }

    @Test
    void isFoundAsAServiceOfTheKernels() {
        assertThat(ServiceLoader.load(SmallConvolution.class)).hasExactlyElementsOfTypes(VectorConvolution.class);
        assertThat(isAvailable).isEqualTo(VectorMemory.SPECIES.length() == 16);
    }

    @Test
    void takesWhatIsNeitherTinyNorLarge() {
        assertThat(convolution.takes(shape(16, 32, 14, 14, 2, 2))).isTrue();
        assertThat(convolution.takes(shape(1, 32, 28, 28, 2, 2))).isFalse();
        assertThat(convolution.takes(shape(16, 48, 14, 14, 2, 2))).isFalse();
        assertThat(convolution.takes(shape(64, 64, 14, 14, 2, 2))).isFalse();
        assertThat(convolution.takes(shape(16, 32, 14, 1_000, 2, 2))).isFalse();
        assertThat(convolution.takes(shape(16, 32, 2_000, 14, 2, 2))).isFalse();
        assertThat(convolution.takes(shape(16, 32, 7, 14, 2, 2))).isFalse();
        assertThat(convolution.takes(new Shape(16, 32, 3, 3, 1, 1, 14, 14, 14, 14)))
                .isFalse();
    }

    /** In double precision, as the convolution of a network of DOUBLE. */
    @Test
    void agreesWithTheReferenceOnRandomShapes() {
        Random random = new Random(11);
        for (int trial = 0; trial < 60; trial++) {
            int down = random.nextInt(9);
            int across = random.nextInt(9);
            Shape shape = shape(
                    1 + random.nextInt(40),
                    32 * (1 + random.nextInt(2)),
                    Math.max(1, 5 - 2 * down) + random.nextInt(20),
                    Math.max(1, 5 - 2 * across) + random.nextInt(20),
                    down,
                    across);
            assertAgrees(random, shape);
        }
    }

    private void assertAgrees(Random random, Shape shape) {
        INDArray x = gaussian(random, 1, shape.inputs(), shape.height(), shape.width());
        INDArray weight = gaussian(random, shape.outputs(), shape.inputs(), 5, 5);
        INDArray bias = gaussian(random, 1, shape.outputs()).reshape(shape.outputs());
        INDArray expected = Nd4j.create(DataType.DOUBLE, 1, shape.outputs(), shape.mapHeight(), shape.mapWidth());
        Window window = Window.kernel(5, 5).padding(shape.paddingHeight(), shape.paddingWidth());
        try (Workspace workspace = new Workspace()) {
            Kernels.conv2d(x, weight, bias, expected, window, workspace);
        }
        FloatBuffer image = FloatBuffer.wrap(x.data().asFloat());
        Prepared prepared = convolution.prepare(FloatBuffer.wrap(weight.data().asFloat()), shape);
        FloatBuffer map = FloatBuffer.allocate((int) expected.length() + 3);
        int cut = random.nextInt(prepared.rows());
        if (cut > 0) {
            prepared.toMap(image, 0, map, 3, bias.data().asFloat(), 0, cut);
        }
        prepared.toMap(image, 0, map, 3, bias.data().asFloat(), cut, prepared.rows());
        double largest = expected.amaxNumber().doubleValue();
        double[] values = expected.data().asDouble();
        for (int i = 0; i < values.length; i++) {
            assertThat((double) map.get(3 + i))
                    .as("element %d of %s", i, shape)
                    .isCloseTo(values[i], within(1e-5 * largest));
        }
    }

    private static INDArray gaussian(Random random, int... shape) {
        INDArray array = Nd4j.create(
                DataType.DOUBLE, java.util.Arrays.stream(shape).asLongStream().toArray());
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, (float) random.nextGaussian());
        }
        return array;
    }

    @Test
    void changedWeightsAreNoticedAndBatchesHaveTheBitsOfSingleImages() {
        assumeThat(isAvailable).as("vectors of 16 floats").isTrue();
        Random random = new Random(12);
        INDArray x = gaussian(random, 3, 16, 9, 10).castTo(DataType.FLOAT);
        INDArray weight = gaussian(random, 32, 16, 5, 5).castTo(DataType.FLOAT);
        INDArray y = Nd4j.create(DataType.FLOAT, 3, 32, 9, 10);
        INDArray one = Nd4j.create(DataType.FLOAT, 1, 32, 9, 10);
        Window window = Window.kernel(5, 5).padding(2, 2);
        try (Workspace workspace = new Workspace()) {
            for (int round = 0; round < 3; round++) {
                Kernels.conv2d(x, weight, y, window, workspace);
                for (int sample = 0; sample < 3; sample++) {
                    Kernels.conv2d(x.slice(sample).dup().reshape(1, 16, 9, 10), weight, one, window, workspace);
                    assertThat(one.data().asFloat())
                            .isEqualTo(y.slice(sample).dup().data().asFloat());
                }
                INDArray expected = Nd4j.create(DataType.DOUBLE, 3, 32, 9, 10);
                Kernels.conv2d(x.castTo(DataType.DOUBLE), weight.castTo(DataType.DOUBLE), expected, window, workspace);
                double largest = expected.amaxNumber().doubleValue();
                assertThat(y.castTo(DataType.DOUBLE).sub(expected).amaxNumber().doubleValue())
                        .isLessThan(1e-5 * largest);
                weight.putScalar(round * 7L, 5f);
            }
        }
    }
}
