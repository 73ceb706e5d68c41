package org.espalier.runtime.kernel.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.espalier.runtime.RuntimeRounds;
import org.espalier.runtime.kernel.DrawnArrays;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Winograd's algorithms give what the plain loops give, whether or not they pay. */
@Tag(RuntimeRounds.TAG)
class WinogradConvolutionTest {
    private static final double TOLERANCE = 1e-5;

    private static final Window THREE = Window.kernel(3, 3);
    private static final Window FOUR = Window.kernel(4, 4).stride(2, 2);

    private final Workspace workspace = new Workspace();

    static IntStream seeds() {
        return IntStream.range(0, RuntimeRounds.of(20, 60));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void smallConvolutions(int seed) {
        DrawnArrays draw = new DrawnArrays(seed, DataType.FLOAT);
        Window window = (draw.chance(50) ? THREE : FOUR).padding(draw.between(0, 3), draw.between(0, 3));
        int height = draw.between(1, 9);
        int width = draw.between(1, 9);
        agree(draw, window, draw.between(1, 5), draw.between(1, 6), draw.between(1, 6), height, width);
    }

    @Test
    void imagesOfSeveralBandsOfTiles() {
        DrawnArrays draw = new DrawnArrays(1, DataType.FLOAT);
        agree(draw, THREE.padding(1, 1), 1, 33, 1, 177, 178);
        agree(draw, FOUR.padding(1, 1), 1, 8, 1, 268, 269);
    }

    @Test
    void batchesOfWhichSeveralSamplesAreTakenTogether() {
        DrawnArrays draw = new DrawnArrays(2, DataType.FLOAT);
        agree(draw, FOUR.padding(1, 1), 5, 16, 1, 85, 86);
    }

    @Test
    void payWhereImagesAreLargeForTheirWeights() {
        assertThat(pays(FOUR.padding(1, 1), 1, 64, 128, 64)).isTrue();
        assertThat(pays(FOUR.padding(1, 1), 1, 128, 512, 32)).isTrue();
        assertThat(pays(FOUR.padding(1, 1), 1, 256, 512, 16)).isFalse();
        assertThat(pays(FOUR.padding(1, 1), 4, 256, 512, 16)).isTrue();
        assertThat(pays(THREE.padding(1, 1), 1, 128, 128, 28)).isTrue();
        assertThat(pays(THREE.padding(1, 1), 1, 512, 512, 7)).isFalse();
    }

    @Test
    void doNotPayForFewChannelsNorWeightsThatGetTooLarge() {
        assertThat(pays(FOUR.padding(1, 1), 1, 3, 64, 128)).isFalse();
        assertThat(pays(THREE.padding(1, 1), 8, 2048, 1024, 64)).isFalse();
    }

    @Test
    void areForTwoKindsOfWindowsOnly() {
        assertThat(pays(Window.kernel(5, 5).padding(2, 2), 8, 64, 64, 64)).isFalse();
        assertThat(pays(THREE.stride(2, 2), 8, 64, 64, 64)).isFalse();
        assertThat(pays(THREE.dilation(2, 2), 8, 64, 64, 64)).isFalse();
        assertThat(pays(Window.kernel(3, 1).padding(1, 0), 8, 64, 64, 64)).isFalse();
    }

    private static boolean pays(Window window, int batch, int in, int out, int size) {
        return WinogradConvolution.pays(window, in, out, batch, size, size);
    }

    private void agree(DrawnArrays draw, Window window, int batch, int in, int out, int height, int width) {
        INDArray image = draw.activation(
                batch,
                in,
                imageSize(draw, height, window.strideHeight(), window.paddingHeight(), window.kernelHeight()),
                imageSize(draw, width, window.strideWidth(), window.paddingWidth(), window.kernelWidth()));
        INDArray map = draw.activation(batch, out, height, width);
        INDArray weight = draw.parameter(out, in, window.kernelHeight(), window.kernelWidth());
        toMap(draw, image, weight, map, window);
        toImage(draw, image, weight, map, window);
        toWeight(draw, image, weight, map, window);
        draw.requireNothingElseWritten();
    }

    /** A size of the image that gives a map of this size. */
    private static int imageSize(DrawnArrays draw, int mapSize, int stride, int padding, int kernel) {
        return Math.max(1, (mapSize - 1) * stride - 2 * padding + kernel + draw.between(0, stride - 1));
    }

    private WinogradConvolution winograd(INDArray image, INDArray map, Window window) {
        return new WinogradConvolution(
                Gemm.CPU, ConvolutionTuning.CPU, Operand.of(image), Operand.of(map), window, workspace);
    }

    private void toMap(DrawnArrays draw, INDArray image, INDArray weight, INDArray map, Window window) {
        INDArray bias = draw.parameter(map.size(1));
        INDArray fast = draw.blank(map.shape());
        INDArray exact = draw.blank(map.shape());
        winograd(image, fast, window).toMap(Operand.of(weight), bias.toFloatVector());
        ReferenceConvolution.toMap(image, weight, bias, exact, window);
        close("map", fast, exact);
    }

    private void toImage(DrawnArrays draw, INDArray image, INDArray weight, INDArray map, Window window) {
        INDArray bias = draw.parameter(image.size(1));
        INDArray fast = draw.blank(image.shape());
        INDArray exact = draw.blank(image.shape());
        winograd(fast, map, window).toImage(Operand.of(weight), bias.toFloatVector());
        ReferenceConvolution.toImage(map, weight, bias, exact, window);
        close("image", fast, exact);
    }

    private void toWeight(DrawnArrays draw, INDArray image, INDArray weight, INDArray map, Window window) {
        boolean accumulate = draw.chance(50);
        INDArray exact = weight.dup();
        winograd(image, map, window).toWeight(Operand.of(weight), accumulate);
        ReferenceConvolution.toWeight(image, map, exact, window, accumulate);
        close("weight", weight, exact);
    }

    private static void close(String what, INDArray fast, INDArray exact) {
        double[] expected = Operand.of(exact).read();
        double[] actual = Operand.of(fast).read();
        double magnitude = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        double difference = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(actual[i] - expected[i]))
                .max()
                .orElse(0);
        assertThat(difference).as(what).isLessThanOrEqualTo(TOLERANCE * magnitude);
    }
}
