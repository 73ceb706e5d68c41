package org.espalier.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.ref.Reference;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.convolution.ThreeByThree;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Convolutions by kernels of 3 × 3 elements agree with the plain loops in double, to the bound that they state. */
class VectorThreeByThreeTest {
    private static final double BOUND = 1e-5;

    private final VectorThreeByThree service = new VectorThreeByThree();

    static IntStream seeds() {
        return IntStream.range(0, 12);
    }

    @Test
    void isFoundAsAServiceOfTheKernels() {
        assertThat(ServiceLoader.load(ThreeByThree.class)).hasExactlyElementsOfTypes(VectorThreeByThree.class);
        assertThat(service.isAvailable()).isEqualTo(VectorMemory.SPECIES.length() >= 8);
    }

    @Test
    void paysWhereMapsAreLargeForTheirWeights() {
        assertThat(VectorThreeByThree.pays(64, 64, 8, 56, 56)).isTrue();
        assertThat(VectorThreeByThree.pays(128, 128, 8, 28, 28)).isTrue();
        assertThat(VectorThreeByThree.pays(64, 64, 1, 56, 56)).isTrue();
        assertThat(VectorThreeByThree.pays(256, 256, 8, 14, 14)).isTrue();
        assertThat(VectorThreeByThree.paysForWeight(256, 256, 8, 14, 14)).isTrue();
        assertThat(VectorThreeByThree.pays(512, 512, 8, 7, 7)).isTrue();
        assertThat(VectorThreeByThree.paysForWeight(512, 512, 8, 7, 7)).isFalse();
        assertThat(VectorThreeByThree.pays(512, 512, 1, 7, 7)).isFalse();
        assertThat(VectorThreeByThree.pays(3, 64, 8, 224, 224)).isFalse();
        assertThat(VectorThreeByThree.pays(64, 64, 64, 1, 1)).isFalse();
        assertThat(VectorThreeByThree.pays(2048, 1024, 8, 64, 64)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void smallConvolutions(int seed) {
        Random random = new Random(seed);
        int batch = 1 + random.nextInt(4);
        int in = 1 + random.nextInt(40);
        int out = 1 + random.nextInt(40);
        int height = 3 + random.nextInt(12);
        int width = 3 + random.nextInt(12);
        agree(random, batch, in, out, height, width, random.nextInt(3), random.nextInt(3));
    }

    @Test
    void batchesThatAreCutIntoParts() {
        agree(new Random(20), 6, 64, 64, 20, 17, 1, 1);
        agree(new Random(21), 2, 200, 72, 27, 30, 1, 1);
    }

    @Test
    void mapsOfOneElement() {
        agree(new Random(22), 1, 16, 16, 1, 1, 1, 1);
        agree(new Random(23), 1, 16, 16, 3, 3, 0, 0);
    }

    @Test
    void samplesOfABatchHaveTheBitsOfSingleOnes() {
        assumeThat(service.isAvailable()).isTrue();
        Random random = new Random(24);
        Window window = Window.kernel(3, 3).padding(1, 1);
        INDArray image = gaussian(random, 9, 24, 16, 13).castTo(DataType.FLOAT);
        INDArray weight = gaussian(random, 40, 24, 3, 3).castTo(DataType.FLOAT);
        INDArray map = Nd4j.create(DataType.FLOAT, 9, 40, 16, 13);
        INDArray one = Nd4j.create(DataType.FLOAT, 1, 40, 16, 13);
        ThreeByThree.Convolutions convolutions = service.open();
        convolutions.toMap(Operand.of(image), Operand.of(weight), new float[40], Operand.of(map), window);
        for (int sample = 0; sample < 9; sample++) {
            INDArray alone = image.slice(sample).dup().reshape(1, 24, 16, 13);
            convolutions.toMap(Operand.of(alone), Operand.of(weight), new float[40], Operand.of(one), window);
            assertThat(one.data().asFloat())
                    .isEqualTo(map.slice(sample).dup().data().asFloat());
            Reference.reachabilityFence(alone);
        }
        Reference.reachabilityFence(image);
        Reference.reachabilityFence(weight);
    }

    @Test
    void areThoseOfNetworksWhoseJvmHasTheVectorApi() {
        assumeThat(service.isAvailable()).isTrue();
        Random random = new Random(25);
        Window window = Window.kernel(3, 3).padding(1, 1);
        INDArray image = gaussian(random, 2, 64, 56, 56).castTo(DataType.FLOAT);
        INDArray weight = gaussian(random, 64, 64, 3, 3).castTo(DataType.FLOAT);
        INDArray map = Nd4j.create(DataType.FLOAT, 2, 64, 56, 56);
        INDArray same = Nd4j.create(DataType.FLOAT, 2, 64, 56, 56);
        Workspace closed;
        try (Workspace workspace = new Workspace()) {
            Kernels.conv2d(image, weight, map, window, workspace);
            // The transformed weights alone have 36 numbers for each pair of channels.
            assertThat(workspace.bytes()).isGreaterThan(36L * 64 * 64 * Float.BYTES);
            closed = workspace;
        }
        assertThat(closed.bytes()).isZero();
        service.open().toMap(Operand.of(image), Operand.of(weight), new float[64], Operand.of(same), window);
        assertThat(map.data().asFloat()).isEqualTo(same.data().asFloat());
        Reference.reachabilityFence(image);
        Reference.reachabilityFence(weight);
    }

    private void agree(Random random, int batch, int in, int out, int height, int width, int down, int across) {
        assumeThat(service.isAvailable()).isTrue();
        Window window = Window.kernel(3, 3).padding(down, across);
        INDArray image = gaussian(random, batch, in, height, width);
        INDArray map = gaussian(random, batch, out, height + 2 * down - 2, width + 2 * across - 2);
        INDArray weight = gaussian(random, out, in, 3, 3);
        INDArray biasOfMap = gaussian(random, out);
        INDArray biasOfImage = gaussian(random, in);
        INDArray floats = image.castTo(DataType.FLOAT);
        INDArray floatsOfMap = map.castTo(DataType.FLOAT);
        INDArray floatsOfWeight = weight.castTo(DataType.FLOAT);
        Operand x = Operand.of(floats);
        Operand y = Operand.of(floatsOfMap);
        Operand w = Operand.of(floatsOfWeight);
        ThreeByThree.Convolutions convolutions = service.open();
        try (Workspace workspace = new Workspace()) {
            INDArray expected = Nd4j.create(DataType.DOUBLE, map.shape());
            Kernels.conv2d(image, weight, biasOfMap, expected, window, workspace);
            INDArray actual = Nd4j.create(DataType.FLOAT, map.shape());
            convolutions.toMap(x, w, biasOfMap.data().asFloat(), Operand.of(actual), window);
            close("map", actual, expected);

            expected = Nd4j.create(DataType.DOUBLE, image.shape());
            Kernels.convTranspose2d(map, weight, biasOfImage, expected, window, workspace);
            actual = Nd4j.create(DataType.FLOAT, image.shape());
            convolutions.toImage(y, w, biasOfImage.data().asFloat(), Operand.of(actual), window);
            close("image", actual, expected);

            expected = gaussian(random, out, in, 3, 3);
            actual = expected.castTo(DataType.FLOAT);
            Kernels.conv2dBackwardWeight(image, map, expected, window, true, workspace);
            convolutions.toWeight(x, y, Operand.of(actual), window, true);
            close("sum of weight gradients", actual, expected);

            Kernels.conv2dBackwardWeight(image, map, expected, window, false, workspace);
            convolutions.toWeight(x, y, Operand.of(actual), window, false);
            close("weight gradient", actual, expected);
        }
        // Operands do not keep their arrays from being freed.
        Reference.reachabilityFence(floats);
        Reference.reachabilityFence(floatsOfMap);
        Reference.reachabilityFence(floatsOfWeight);
    }

    private static void close(String what, INDArray actual, INDArray expected) {
        double largest = expected.amaxNumber().doubleValue();
        double error = actual.castTo(DataType.DOUBLE).sub(expected).amaxNumber().doubleValue();
        assertThat(error).as(what).isLessThan(BOUND * largest);
    }

    private static INDArray gaussian(Random random, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, (float) random.nextGaussian());
        }
        return array;
    }
}
