package org.espalier.runtime.kernel.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.espalier.runtime.RuntimeRounds;
import org.espalier.runtime.kernel.DrawnArrays;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions give what the plain loops give, however small the pieces are that they are computed in. */
@Tag(RuntimeRounds.TAG)
class ConvolutionTuningTest {
    private static final double TOLERANCE = 1e-5;

    private final Workspace workspace = new Workspace();

    @AfterEach
    void closeWorkspace() {
        workspace.close();
    }

    static IntStream seeds() {
        return IntStream.range(0, RuntimeRounds.of(40, 200));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void piecesOfAnySize(int seed) {
        DrawnArrays draw = new DrawnArrays(seed, DataType.FLOAT);
        int few = draw.between(1, 20);
        ConvolutionTuning tuning = new ConvolutionTuning(
                draw.between(1, 400),
                few,
                few + draw.between(0, 40),
                draw.between(1, 60),
                draw.chance(50) ? 0 : 1_000_000,
                draw.between(1, 2_000));
        ConvolutionKernels kernels = new ConvolutionKernels(Gemm.CPU, tuning);
        int kernel = draw.between(1, 3);
        int stride = draw.between(1, 2);
        int padding = draw.between(0, 1);
        Window window = Window.kernel(kernel, kernel).stride(stride, stride).padding(padding, padding);
        int size = draw.between(3, 9);
        int mapSize = (size + 2 * padding - kernel) / stride + 1;
        int batch = draw.between(1, 6);
        INDArray image = draw.activation(batch, draw.between(1, 4), size, size);
        INDArray map = draw.activation(batch, draw.between(1, 5), mapSize, mapSize);
        INDArray weight = draw.parameter(map.size(1), image.size(1), kernel, kernel);

        INDArray bias = draw.parameter(map.size(1));
        INDArray toMap = draw.blank(map.shape());
        INDArray expectedMap = draw.blank(map.shape());
        kernels.toMap(of(image), of(weight), of(bias), of(toMap), window, workspace);
        ReferenceConvolution.toMap(image, weight, bias, expectedMap, window);
        close("map by " + tuning, toMap, expectedMap);

        INDArray toImage = draw.blank(image.shape());
        INDArray expectedImage = draw.blank(image.shape());
        kernels.toImage(of(map), of(weight), null, of(toImage), window, workspace);
        ReferenceConvolution.toImage(map, weight, null, expectedImage, window);
        close("image by " + tuning, toImage, expectedImage);

        boolean accumulate = draw.chance(50);
        INDArray expectedWeight = weight.dup();
        kernels.toWeight(of(image), of(map), of(weight), window, accumulate, workspace);
        ReferenceConvolution.toWeight(image, map, expectedWeight, window, accumulate);
        close("weight by " + tuning, weight, expectedWeight);
        draw.requireNothingElseWritten();
    }

    private static Operand of(INDArray array) {
        return Operand.of(array);
    }

    private static void close(String what, INDArray actual, INDArray expected) {
        double[] exact = of(expected).read();
        double[] found = of(actual).read();
        double magnitude = Arrays.stream(exact).map(Math::abs).max().orElse(0);
        for (int i = 0; i < exact.length; i++) {
            assertThat(Math.abs(found[i] - exact[i]))
                    .as("%s, element %d", what, i)
                    .isLessThanOrEqualTo(TOLERANCE * Math.max(1, magnitude));
        }
    }
}
