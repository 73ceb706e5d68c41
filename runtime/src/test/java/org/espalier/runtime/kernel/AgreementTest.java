package org.espalier.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.espalier.runtime.RuntimeRounds;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.loss.Losses;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** On random shapes and numbers, the fast kernels (float) give what the plain loops in double precision give. */
@Tag(RuntimeRounds.TAG)
class AgreementTest {
    private static final double TOLERANCE = 1e-5;

    private static final Window THREE = Window.kernel(3, 3).padding(1, 1);
    private static final Window FOUR = Window.kernel(4, 4).stride(2, 2).padding(1, 1);

    private final Workspace workspace = new Workspace();

    static IntStream few() {
        return IntStream.range(0, RuntimeRounds.of(4, 12));
    }

    static IntStream many() {
        return IntStream.range(0, RuntimeRounds.of(12, 40));
    }

    @ParameterizedTest
    @MethodSource("many")
    void convolutions(int seed) {
        agree(seed, draw -> {
            Window window = window(draw);
            int batch = draw.between(1, 5);
            int in = draw.between(1, 6);
            int out = draw.between(1, 6);
            int height = draw.between(1, 4);
            int width = draw.between(1, 9);
            INDArray image = draw.activation(
                    batch, in, imageSize(draw, height, window, true), imageSize(draw, width, window, false));
            INDArray map = draw.activation(batch, out, height, width);
            INDArray weight = draw.parameter(out, in, window.kernelHeight(), window.kernelWidth());
            return convolution(draw, image, map, weight, window);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void convolutionsInGroups(int seed) {
        agree(seed, draw -> {
            Window window = window(draw);
            int groups = draw.between(2, 4);
            int ofGroup = draw.between(1, 3);
            int batch = draw.between(1, 5);
            int height = draw.between(1, 6);
            int width = draw.between(1, 9);
            boolean accumulate = draw.chance(50);
            INDArray image = draw.activation(
                    batch,
                    (long) groups * ofGroup,
                    imageSize(draw, height, window, true),
                    imageSize(draw, width, window, false));
            INDArray map = draw.activation(batch, (long) groups * draw.between(1, 3), height, width);
            INDArray weight = draw.parameter(map.size(1), ofGroup, window.kernelHeight(), window.kernelWidth());
            INDArray y = draw.blank(map.shape());
            INDArray yPlain = draw.blank(map.shape());
            INDArray dX = draw.blank(image.shape());
            INDArray dW = draw.parameter(weight.shape());
            Kernels.conv2d(image, weight, draw.parameter(map.size(1)), y, window, workspace);
            Kernels.conv2d(image, weight, yPlain, window, workspace);
            Kernels.conv2dBackwardInput(map, weight, dX, window, workspace);
            Kernels.conv2dBackwardWeight(image, map, dW, window, accumulate, workspace);
            return List.of(y, yPlain, dX, dW);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void convolutionsOfSequences(int seed) {
        agree(seed, draw -> {
            int kernel = draw.between(1, 4);
            int stride = draw.between(1, 3);
            int dilation = draw.between(1, 2);
            int length = draw.between(1, 40);
            Window window = Window.kernel(kernel).stride(stride).dilation(dilation);
            int batch = draw.between(1, 5);
            long size = (length - 1L) * stride + (kernel - 1L) * dilation + 1;
            INDArray image = draw.activation(batch, draw.between(1, 5), size);
            INDArray map = draw.activation(batch, draw.between(1, 5), length);
            INDArray weight = draw.parameter(map.size(1), image.size(1), kernel);
            return convolution(draw, image, map, weight, window);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void convolutionsOfVolumes(int seed) {
        agree(seed, draw -> {
            int depth = draw.between(1, 3);
            int width = draw.between(1, 3);
            int stride = draw.between(1, 2);
            int dilation = draw.between(1, 2);
            Window window = Window.kernel(depth, 2, width)
                    .stride(stride, 1, 2)
                    .padding(1, 0, 1)
                    .dilation(dilation, 2, 1);
            int batch = draw.between(1, 3);
            INDArray map = draw.activation(
                    batch, draw.between(1, 4), draw.between(2, 4), draw.between(1, 4), draw.between(2, 5));
            INDArray image = draw.activation(
                    batch,
                    draw.between(1, 4),
                    Math.max(1, (map.size(2) - 1) * stride + (depth - 1L) * dilation - 1),
                    map.size(3) + 2,
                    Math.max(1, (map.size(4) - 1) * 2 + width - 2));
            INDArray weight = draw.parameter(map.size(1), image.size(1), depth, 2, width);
            return convolution(draw, image, map, weight, window);
        });
    }

    /** Draws convolutions whose columns are made part after part. */
    @ParameterizedTest
    @MethodSource("few")
    void largeConvolutionsOfVolumes(int seed) {
        agree(seed, draw -> {
            Window window = Window.kernel(3, 3, 3).padding(1, 1, 1);
            INDArray image = draw.activation(2, 8, 10, 24, 24);
            INDArray map = draw.activation(2, draw.between(1, 3), 10, 24, 24);
            INDArray weight = draw.parameter(map.size(1), image.size(1), 3, 3, 3);
            return convolution(draw, image, map, weight, window);
        });
    }

    /** Draws convolutions whose columns are the image itself, moved along. */
    @ParameterizedTest
    @MethodSource("many")
    void convolutionsThatKeepTheSize(int seed) {
        agree(seed, draw -> {
            int rows = draw.between(0, 3);
            int columns = draw.between(0, 3);
            int dilation = draw.between(1, 3);
            Window window = Window.kernel(2 * rows + 1, 2 * columns + 1)
                    .padding(rows * dilation, columns * dilation)
                    .dilation(dilation, dilation);
            int batch = draw.between(1, 2);
            int height = draw.between(1, 20);
            int width = draw.between(1, 20);
            INDArray image = draw.activation(batch, draw.between(1, 5), height, width);
            INDArray map = draw.activation(batch, draw.between(1, 5), height, width);
            INDArray weight = draw.parameter(map.size(1), image.size(1), 2L * rows + 1, 2L * columns + 1);
            return convolution(draw, image, map, weight, window);
        });
    }

    /** Large enough to be cut into parts, groups and tiles. */
    @ParameterizedTest
    @MethodSource("few")
    void largeConvolutions(int seed) {
        agree(seed, draw -> {
            boolean small = draw.chance(50);
            Window window = draw.chance(50) ? FOUR : window(draw);
            int batch = small ? draw.between(20, 40) : draw.between(1, 2);
            int in = draw.between(1, small ? 6 : 12);
            int out = draw.between(1, small ? 6 : 12);
            int height = small ? draw.between(5, 14) : draw.between(40, 70);
            int width = small ? draw.between(5, 14) : draw.between(40, 70);
            INDArray image = draw.activation(
                    batch, in, imageSize(draw, height, window, true), imageSize(draw, width, window, false));
            INDArray map = draw.activation(batch, out, height, width);
            INDArray weight = draw.parameter(out, in, window.kernelHeight(), window.kernelWidth());
            return convolution(draw, image, map, weight, window);
        });
    }

    /** Large enough for Winograd's algorithms. */
    @Test
    void convolutionsWithFewerMultiplications() {
        agree(
                1,
                draw -> convolution(
                        draw,
                        draw.activation(1, 40, 30, 34),
                        draw.activation(1, 80, 30, 34),
                        draw.parameter(80, 40, 3, 3),
                        THREE));
        agree(
                2,
                draw -> convolution(
                        draw,
                        draw.activation(2, 16, 50, 51),
                        draw.activation(2, 50, 25, 25),
                        draw.parameter(50, 16, 4, 4),
                        FOUR));
    }

    /** Checks that the stride does not matter where there is only one window. */
    @Test
    void convolutionsWithStridesFarBeyondTheImage() {
        for (Window window : List.of(
                Window.kernel(3, 3).stride(Integer.MAX_VALUE, Integer.MAX_VALUE),
                Window.kernel(3, 2).stride(Integer.MAX_VALUE, 1_000_000_000).padding(1, 1),
                Window.kernel(1, 1)
                        .dilation(Integer.MAX_VALUE, Integer.MAX_VALUE)
                        .stride(Integer.MAX_VALUE, 9))) {
            agree(
                    1,
                    draw -> convolution(
                            draw,
                            draw.activation(2, 3, 9, 9),
                            draw.activation(2, 4, 1, 1),
                            draw.parameter(4, 3, window.kernelHeight(), window.kernelWidth()),
                            window));
        }
    }

    private List<INDArray> convolution(DrawnArrays draw, INDArray image, INDArray map, INDArray weight, Window window) {
        boolean accumulate = draw.chance(50);
        INDArray y = draw.blank(map.shape());
        INDArray yPlain = draw.blank(map.shape());
        INDArray up = draw.blank(image.shape());
        INDArray upPlain = draw.blank(image.shape());
        INDArray dX = draw.blank(image.shape());
        INDArray dXUp = draw.blank(map.shape());
        INDArray dW = draw.parameter(weight.shape());
        INDArray dWUp = draw.parameter(weight.shape());
        INDArray dBias = draw.parameter(map.size(1));
        Kernels.conv2d(image, weight, draw.parameter(map.size(1)), y, window, workspace);
        Kernels.conv2d(image, weight, yPlain, window, workspace);
        Kernels.conv2dBackwardInput(map, weight, dX, window, workspace);
        Kernels.conv2dBackwardWeight(image, map, dW, window, accumulate, workspace);
        Kernels.convTranspose2d(map, weight, draw.parameter(image.size(1)), up, window, workspace);
        Kernels.convTranspose2d(map, weight, upPlain, window, workspace);
        Kernels.convTranspose2dBackwardInput(image, weight, dXUp, window, workspace);
        Kernels.convTranspose2dBackwardWeight(map, image, dWUp, window, accumulate, workspace);
        Kernels.channelBiasBackward(map, dBias, accumulate);
        return List.of(y, yPlain, dX, dW, up, upPlain, dXUp, dWUp, dBias);
    }

    private static Window window(DrawnArrays draw) {
        if (draw.chance(20)) {
            return Window.kernel(1, 1);
        }
        int height = draw.between(1, 4);
        int width = draw.between(1, 4);
        return Window.kernel(height, width)
                .stride(draw.between(1, 3), draw.between(1, 3))
                .padding(draw.between(0, height), draw.between(0, width))
                .dilation(draw.between(1, 2), draw.between(1, 2));
    }

    /** A size of the image that gives a map of this size; several do where the stride is larger than 1. */
    private static int imageSize(DrawnArrays draw, int mapSize, Window window, boolean vertical) {
        int kernel = vertical ? window.kernelHeight() : window.kernelWidth();
        int stride = vertical ? window.strideHeight() : window.strideWidth();
        int padding = vertical ? window.paddingHeight() : window.paddingWidth();
        int dilation = vertical ? window.dilationHeight() : window.dilationWidth();
        int size = (mapSize - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + draw.between(0, stride - 1);
        return Math.max(1, size);
    }

    @ParameterizedTest
    @MethodSource("many")
    void linears(int seed) {
        agree(seed, draw -> {
            boolean large = draw.chance(20);
            int batch = draw.between(1, large ? 200 : 20);
            int in = draw.between(1, large ? 300 : 30);
            int out = draw.between(1, large ? 300 : 30);
            boolean accumulate = draw.chance(50);
            int[] rows = IntStream.range(0, draw.between(0, 2))
                    .map(axis -> draw.between(1, 4))
                    .toArray();
            INDArray x = draw.activation(shape(batch, rows, in));
            INDArray dY = draw.activation(shape(batch, rows, out));
            INDArray weight = draw.parameter(out, in);
            INDArray y = draw.blank(shape(batch, rows, out));
            INDArray yPlain = draw.blank(shape(batch, rows, out));
            INDArray dX = draw.blank(shape(batch, rows, in));
            INDArray dW = draw.parameter(out, in);
            INDArray db = draw.parameter(out);
            Kernels.linear(x, weight, draw.parameter(out), y);
            Kernels.linear(x, weight, yPlain);
            Kernels.linearBackwardInput(dY, weight, dX);
            Kernels.linearBackwardWeight(x, dY, dW, accumulate);
            Kernels.linearBackwardBias(dY, db, accumulate);
            return List.of(y, yPlain, dX, dW, db);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void recurrences(int seed) {
        agree(seed, draw -> {
            int batch = draw.between(1, draw.chance(20) ? 40 : 6);
            int length = draw.between(1, 7);
            int size = draw.between(1, draw.chance(20) ? 70 : 9);
            boolean reverse = draw.chance(50);
            boolean accumulate = draw.chance(50);
            int cell = draw.between(0, 2);
            int gates = new int[] {1, 1, 3}[cell] * size;
            INDArray p = draw.activation(batch, length, gates);
            INDArray weight = draw.parameter(gates, size);
            INDArray bias = draw.parameter(gates);
            INDArray h0 = draw.activation(batch, size);
            INDArray kept = draw.parameter(batch, length, 4 * size);
            INDArray y = draw.blank(batch, length, size);
            INDArray plain = draw.blank(batch, length, size);
            INDArray later = draw.blank(batch, length, size);
            INDArray unbiased = draw.blank(batch, length, size);
            INDArray dY = draw.activation(batch, length, size);
            INDArray dP = draw.blank(batch, length, gates);
            INDArray dLater = draw.blank(batch, length, gates);
            INDArray dH0 = draw.parameter(batch, size);
            INDArray dW = draw.parameter(gates, size);
            INDArray dWeight = draw.parameter(gates, size);
            INDArray db = draw.parameter(gates);
            switch (cell) {
                case 0 -> {
                    Recurrences.rnnTanh(p, weight, null, plain, reverse);
                    Recurrences.rnnTanh(p, weight, bias, y, reverse);
                    Recurrences.rnnTanhBackwardInput(weight, y, dY, dP, reverse, workspace);
                    Recurrences.recurrentBackwardWeight(y, dP, dW, reverse, accumulate, workspace);
                    Recurrences.rnnTanhFrom(p, weight, null, h0, unbiased, reverse);
                    Recurrences.rnnTanhFrom(p, weight, bias, h0, later, reverse);
                    Recurrences.rnnTanhFromBackwardInput(weight, later, dY, dLater, dH0, reverse, workspace);
                    Recurrences.recurrentBackwardWeight(h0, later, dLater, dWeight, reverse, accumulate, workspace);
                }
                case 1 -> {
                    Recurrences.rnnRelu(p, weight, null, plain, reverse);
                    Recurrences.rnnRelu(p, weight, bias, y, reverse);
                    Recurrences.rnnReluBackwardInput(weight, y, dY, dP, reverse, workspace);
                    Recurrences.recurrentBackwardWeight(y, dP, dW, reverse, accumulate, workspace);
                    Recurrences.rnnReluFrom(p, weight, null, h0, unbiased, reverse);
                    Recurrences.rnnReluFrom(p, weight, bias, h0, later, reverse);
                    Recurrences.rnnReluFromBackwardInput(weight, later, dY, dLater, dH0, reverse, workspace);
                    Recurrences.recurrentBackwardWeight(h0, later, dLater, dWeight, reverse, accumulate, workspace);
                }
                default -> {
                    Recurrences.gru(p, weight, null, kept, plain, reverse);
                    Recurrences.gru(p, weight, bias, kept, y, reverse);
                    Recurrences.gruBackwardInput(weight, kept, y, dY, dP, reverse, workspace);
                    Recurrences.gruBackwardWeight(kept, y, dP, dW, reverse, accumulate, workspace);
                    Recurrences.gruBackwardBias(kept, dP, db, accumulate);
                    Recurrences.gruFrom(p, weight, null, h0, kept, unbiased, reverse);
                    Recurrences.gruFrom(p, weight, bias, h0, kept, later, reverse);
                    Recurrences.gruFromBackwardInput(weight, h0, kept, later, dY, dLater, dH0, reverse, workspace);
                    Recurrences.gruBackwardWeight(h0, kept, later, dLater, dWeight, reverse, accumulate, workspace);
                }
            }
            return List.of(plain, y, later, unbiased, dP, dLater, dH0, dW, dWeight, db);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void recurrencesWithCells(int seed) {
        agree(seed, draw -> {
            int batch = draw.between(1, draw.chance(20) ? 40 : 6);
            int length = draw.between(1, 7);
            int size = draw.between(1, draw.chance(20) ? 70 : 9);
            boolean reverse = draw.chance(50);
            boolean accumulate = draw.chance(50);
            INDArray p = draw.activation(batch, length, 4 * size);
            INDArray weight = draw.parameter(4 * size, size);
            INDArray bias = draw.parameter(4 * size);
            INDArray h0 = draw.activation(batch, size);
            INDArray c0 = draw.activation(batch, size);
            INDArray kept = draw.parameter(batch, length, 4 * size);
            INDArray plain = draw.blank(batch, length, size);
            INDArray y = draw.blank(batch, length, size);
            INDArray unbiased = draw.blank(batch, length, size);
            INDArray later = draw.blank(batch, length, size);
            INDArray cells = draw.blank(batch, length, size);
            INDArray dY = draw.activation(batch, length, size);
            INDArray dCells = draw.activation(batch, length, size);
            INDArray dP = draw.blank(batch, length, 4 * size);
            INDArray dBoth = draw.blank(batch, length, 4 * size);
            INDArray dLater = draw.blank(batch, length, 4 * size);
            INDArray dH0 = draw.parameter(batch, size);
            INDArray dC0 = draw.parameter(batch, size);
            INDArray dW = draw.parameter(4 * size, size);
            Recurrences.lstm(p, weight, null, kept, plain, cells, reverse);
            Recurrences.lstm(p, weight, bias, kept, y, cells, reverse);
            Recurrences.lstmBackwardInput(weight, kept, cells, dY, dP, reverse, workspace);
            Recurrences.lstmBackwardInput(weight, kept, cells, dY, dCells, dBoth, reverse, workspace);
            Recurrences.lstmFrom(p, weight, null, h0, c0, kept, unbiased, cells, reverse);
            Recurrences.lstmFrom(p, weight, bias, h0, c0, kept, later, cells, reverse);
            if (draw.chance(50)) {
                Recurrences.lstmFromBackwardInput(
                        weight, c0, kept, cells, dY, dCells, dLater, dH0, dC0, reverse, workspace);
            } else {
                Recurrences.lstmFromBackwardInput(weight, c0, kept, cells, dY, dLater, dH0, dC0, reverse, workspace);
            }
            Recurrences.recurrentBackwardWeight(h0, later, dLater, dW, reverse, accumulate, workspace);
            return List.of(plain, y, unbiased, later, cells, dP, dBoth, dLater, dH0, dC0, dW);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void recurrencesThatAreProjected(int seed) {
        agree(seed, draw -> {
            int batch = draw.between(1, draw.chance(20) ? 40 : 6);
            int length = draw.between(1, 7);
            int size = draw.between(2, draw.chance(20) ? 70 : 9);
            int state = draw.between(1, size - 1);
            boolean reverse = draw.chance(50);
            boolean accumulate = draw.chance(50);
            INDArray p = draw.activation(batch, length, 4 * size);
            // As initializers draw them: with larger ones a cell doubles a difference at every step.
            double bound = 1 / Math.sqrt(size);
            INDArray weight = draw.parameter(4 * size, state).muli(bound);
            INDArray bias = draw.parameter(4 * size);
            INDArray projection = draw.parameter(state, size).muli(bound);
            INDArray h0 = draw.activation(batch, state);
            INDArray c0 = draw.activation(batch, size);
            INDArray kept = draw.parameter(batch, length, 5 * size);
            INDArray plain = draw.blank(batch, length, state);
            INDArray y = draw.blank(batch, length, state);
            INDArray unbiased = draw.blank(batch, length, state);
            INDArray later = draw.blank(batch, length, state);
            INDArray cells = draw.blank(batch, length, size);
            INDArray dY = draw.activation(batch, length, state);
            INDArray dCells = draw.activation(batch, length, size);
            INDArray dP = draw.blank(batch, length, 4 * size);
            INDArray dLater = draw.blank(batch, length, 4 * size);
            INDArray dH0 = draw.parameter(batch, state);
            INDArray dC0 = draw.parameter(batch, size);
            INDArray dW = draw.parameter(4 * size, state);
            INDArray dProjection = draw.parameter(state, size);
            Recurrences.lstmProjected(p, weight, null, projection, kept, plain, cells, reverse);
            Recurrences.lstmProjected(p, weight, bias, projection, kept, y, cells, reverse);
            if (draw.chance(50)) {
                Recurrences.lstmProjectedBackwardInput(weight, projection, kept, cells, dY, dP, reverse, workspace);
            } else {
                Recurrences.lstmProjectedBackwardInput(
                        weight, projection, kept, cells, dY, dCells, dP, reverse, workspace);
            }
            Recurrences.lstmProjectedFrom(p, weight, null, projection, h0, c0, kept, unbiased, cells, reverse);
            Recurrences.lstmProjectedFrom(p, weight, bias, projection, h0, c0, kept, later, cells, reverse);
            if (draw.chance(50)) {
                Recurrences.lstmProjectedFromBackwardInput(
                        weight, projection, c0, kept, cells, dY, dCells, dLater, dH0, dC0, reverse, workspace);
            } else {
                Recurrences.lstmProjectedFromBackwardInput(
                        weight, projection, c0, kept, cells, dY, dLater, dH0, dC0, reverse, workspace);
            }
            Recurrences.recurrentBackwardWeight(h0, later, dLater, dW, reverse, accumulate, workspace);
            Recurrences.lstmBackwardProjection(weight, kept, dY, dLater, dProjection, reverse, accumulate, workspace);
            return List.of(plain, y, unbiased, later, cells, dP, dLater, dH0, dC0, dW, dProjection);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void resizes(int seed) {
        agree(seed, draw -> {
            int axes = draw.between(1, 3);
            int batch = draw.between(1, 4);
            int channels = draw.between(1, 5);
            int[] small =
                    IntStream.range(0, axes).map(axis -> draw.between(1, 7)).toArray();
            int[] large =
                    IntStream.range(0, axes).map(axis -> draw.between(1, 9)).toArray();
            double[] ratios = IntStream.range(0, axes)
                    .mapToDouble(axis -> (double) small[axis] / large[axis])
                    .toArray();
            boolean align = draw.chance(50);
            INDArray x = draw.activation(images(batch, channels, small));
            INDArray dY = draw.activation(images(batch, channels, large));
            INDArray y = draw.blank(dY.shape());
            INDArray dX = draw.blank(x.shape());
            switch (draw.between(0, 3)) {
                case 0 -> {
                    Kernels.resizeNearest(x, y, ratios);
                    Kernels.resizeNearestBackward(dY, dX, ratios);
                }
                case 1 -> {
                    Kernels.resizeNearestExact(x, y, ratios);
                    Kernels.resizeNearestExactBackward(dY, dX, ratios);
                }
                case 2 -> {
                    Kernels.resizeLinear(x, y, align, ratios);
                    Kernels.resizeLinearBackward(dY, dX, align, ratios);
                }
                default -> {
                    Kernels.resizeCubic(x, y, align, ratios);
                    Kernels.resizeCubicBackward(dY, dX, align, ratios);
                }
            }
            return List.of(y, dX);
        });
    }

    private static long[] images(int batch, int channels, int... sizes) {
        return IntStream.concat(IntStream.of(batch, channels), IntStream.of(sizes))
                .asLongStream()
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("many")
    void layersOfRandomNumbers(int seed) {
        agree(seed, draw -> {
            int batch = draw.between(1, 4);
            int channels = draw.between(1, 5);
            int area = draw.between(1, 700);
            boolean ofChannels = draw.chance(50);
            INDArray x = draw.activation(batch, channels, area);
            INDArray dropped = draw.blank(batch, channels, area);
            INDArray rectified = draw.blank(batch, channels, area);
            INDArray mask = ofChannels ? draw.parameter(batch, channels) : draw.parameter(batch, channels, area);
            INDArray slope = draw.parameter(batch, channels, area);
            INDArray dX = draw.blank(batch, channels, area);
            RandomStream random = new RandomStream(seed);
            Kernels.alphaDropout(x, mask, dropped, 0.3, draw.chance(70), random);
            Kernels.rrelu(x, slope, rectified, 0.1, 0.4, draw.chance(70), random);
            Kernels.rreluBackward(slope, draw.activation(batch, channels, area), dX);
            return List.of(dropped, rectified, slope, dX);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void embeddings(int seed) {
        agree(seed, draw -> {
            int rows = draw.between(1, 40);
            int columns = draw.between(1, draw.chance(20) ? 3000 : 12);
            int batch = draw.between(1, 6);
            int[] places = IntStream.range(0, draw.between(0, 2))
                    .map(axis -> draw.between(1, 5))
                    .toArray();
            int padding = draw.chance(50) ? -1 : draw.between(0, rows - 1);
            boolean accumulate = draw.chance(50);
            long[] vectors = shape(batch, places, columns);
            long[] shape = Arrays.copyOf(vectors, vectors.length - 1);
            int[] elements = IntStream.range(0, (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                    .map(place -> draw.between(0, rows - 1))
                    .toArray();
            INDArray x = Nd4j.createFromArray(elements).reshape(shape);
            INDArray y = draw.blank(vectors);
            INDArray dW = draw.parameter(rows, columns);
            Kernels.embedding(x, draw.parameter(rows, columns), y);
            Kernels.embeddingBackwardWeight(x, draw.activation(vectors), dW, padding, accumulate);
            return List.of(y, dW);
        });
    }

    private static long[] shape(int batch, int[] between, int last) {
        return IntStream.concat(IntStream.concat(IntStream.of(batch), IntStream.of(between)), IntStream.of(last))
                .asLongStream()
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("many")
    void batchNormalizations(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            shape[0] += shape[0] * shape[2] * shape[3] == 1 ? 1 : 0;
            long channels = shape[1];
            boolean training = draw.chance(70);
            boolean accumulate = draw.chance(50);
            INDArray x = draw.activation(shape);
            INDArray dY = draw.activation(shape);
            INDArray gamma = draw.parameter(channels);
            INDArray beta = draw.parameter(channels);
            INDArray runningMean = draw.parameter(channels);
            INDArray runningVar = draw.parameter(channels).addi(1.5);
            INDArray mean = draw.parameter(channels);
            INDArray inverseStd = draw.parameter(channels);
            INDArray y = draw.blank(shape);
            INDArray yPlain = draw.blank(shape);
            INDArray dX = draw.blank(shape);
            INDArray dXPlain = draw.blank(shape);
            INDArray dXFrozen = draw.blank(shape);
            INDArray dGamma = draw.parameter(channels);
            INDArray dBeta = draw.parameter(channels);
            Normalizations.batchNorm(x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, 1e-3, 0.1, training);
            Normalizations.batchNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate);
            Normalizations.batchNormBackward(x, gamma, mean, inverseStd, dY, dXFrozen, null, null, training, false);
            Normalizations.batchNorm(
                    x, null, null, runningMean, runningVar, mean, inverseStd, yPlain, 1e-3, 0.1, training);
            Normalizations.batchNormBackward(x, null, mean, inverseStd, dY, dXPlain, null, null, training, false);
            if (training) {
                Normalizations.batchNorm(x, gamma, beta, mean, inverseStd, y, 1e-3);
                Normalizations.batchNorm(x, null, null, mean, inverseStd, yPlain, 1e-3);
            }
            return List.of(y, yPlain, runningMean, runningVar, mean, inverseStd, dX, dXPlain, dXFrozen, dGamma, dBeta);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void instanceNormalizations(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            boolean accumulate = draw.chance(50);
            INDArray x = draw.activation(shape);
            INDArray dY = draw.activation(shape);
            INDArray gamma = draw.parameter(shape[1]);
            INDArray beta = draw.parameter(shape[1]);
            INDArray mean = draw.parameter(shape[0], shape[1]);
            INDArray inverseStd = draw.parameter(shape[0], shape[1]);
            INDArray y = draw.blank(shape);
            INDArray yPlain = draw.blank(shape);
            INDArray dX = draw.blank(shape);
            INDArray dXPlain = draw.blank(shape);
            INDArray dXFrozen = draw.blank(shape);
            INDArray dGamma = draw.parameter(shape[1]);
            INDArray dBeta = draw.parameter(shape[1]);
            Normalizations.instanceNorm(x, gamma, beta, mean, inverseStd, y, 1e-3);
            Normalizations.instanceNorm(x, null, null, mean, inverseStd, yPlain, 1e-3);
            Normalizations.instanceNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, true, accumulate);
            Normalizations.instanceNormBackward(x, gamma, mean, inverseStd, dY, dXFrozen, null, null, true, false);
            Normalizations.instanceNormBackward(x, null, mean, inverseStd, dY, dXPlain, null, null, true, false);
            return List.of(y, yPlain, mean, inverseStd, dX, dXPlain, dXFrozen, dGamma, dBeta);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void trackedInstanceNormalizations(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            boolean accumulate = draw.chance(50);
            boolean training = draw.chance(50);
            INDArray x = draw.activation(shape);
            INDArray dY = draw.activation(shape);
            INDArray gamma = draw.parameter(shape[1]);
            INDArray beta = draw.parameter(shape[1]);
            INDArray runningMean = draw.parameter(shape[1]);
            INDArray runningVar = draw.parameter(shape[1]).muli(0.25).addi(1);
            INDArray mean = draw.parameter(shape[0], shape[1]);
            INDArray inverseStd = draw.parameter(shape[0], shape[1]);
            INDArray y = draw.blank(shape);
            INDArray yPlain = draw.blank(shape);
            INDArray dX = draw.blank(shape);
            INDArray dXPlain = draw.blank(shape);
            INDArray dXFrozen = draw.blank(shape);
            INDArray dGamma = draw.parameter(shape[1]);
            INDArray dBeta = draw.parameter(shape[1]);
            Normalizations.instanceNorm(
                    x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, 1e-3, 0.1, training);
            Normalizations.instanceNormBackward(
                    x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate);
            Normalizations.instanceNormBackward(x, gamma, mean, inverseStd, dY, dXFrozen, null, null, training, false);
            Normalizations.instanceNorm(
                    x, null, null, runningMean, runningVar, mean, inverseStd, yPlain, 1e-3, 0.1, training);
            Normalizations.instanceNormBackward(x, null, mean, inverseStd, dY, dXPlain, null, null, training, false);
            return List.of(y, yPlain, runningMean, runningVar, mean, inverseStd, dX, dXPlain, dXFrozen, dGamma, dBeta);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void maxPools(int seed) {
        agree(seed, draw -> {
            int kernelHeight = draw.between(1, 4);
            int kernelWidth = draw.between(1, 4);
            Window window = Window.kernel(kernelHeight, kernelWidth)
                    .stride(draw.between(1, 3), draw.between(1, 3))
                    .padding(draw.between(0, kernelHeight / 2), draw.between(0, kernelWidth / 2));
            int batch = draw.between(1, 3);
            int channels = draw.chance(50) ? draw.between(1, 5) : draw.between(50, 60);
            int height = draw.between(1, 6);
            int width = draw.between(1, 6);
            INDArray x = draw.activation(
                    batch, channels, imageSize(draw, height, window, true), imageSize(draw, width, window, false));
            INDArray y = draw.blank(batch, channels, height, width);
            INDArray dX = draw.blank(x.shape());
            Kernels.maxPool2d(x, y, window);
            Kernels.maxPool2dBackward(x, draw.activation(y.shape()), dX, window);
            return List.of(y, dX);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void elementwise(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            double slope = draw.chance(50) ? 0.2 : 1.7;
            INDArray x = draw.activation(shape).muli(4);
            INDArray dY = draw.activation(shape);
            INDArray mask = draw.parameter(shape);
            List<INDArray> y = IntStream.range(0, 14)
                    .mapToObj(i -> draw.chance(30) ? x.dup('c') : draw.blank(shape))
                    .toList();
            Activations.relu(same(x, y.get(0)), y.get(0));
            Activations.reluBackward(y.get(0), dY, y.get(1));
            Activations.leakyRelu(same(x, y.get(2)), y.get(2), slope);
            Activations.leakyReluBackward(y.get(2), dY, y.get(3), slope);
            Activations.tanh(same(x, y.get(4)), y.get(4));
            Activations.tanhBackward(y.get(4), dY, y.get(5));
            Activations.sigmoid(same(x, y.get(6)), y.get(6));
            Activations.sigmoidBackward(y.get(6), dY, y.get(7));
            RandomStream random = new RandomStream(seed);
            Kernels.dropout(same(x, y.get(8)), mask, y.get(8), 0.3, true, random);
            Kernels.dropoutBackward(mask, dY, y.get(9), true);
            Kernels.dropout(x, mask, y.get(10), 0.3, false, random);
            Kernels.dropoutBackward(mask, dY, y.get(11), false);
            Kernels.add(x, dY, y.get(12));
            Kernels.copy(dY, y.get(13));
            Activations.reluBackward(y.get(0), y.get(13), y.get(13));
            return y;
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void curves(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            double alpha = draw.between(1, 20) / 8.0;
            INDArray x = draw.activation(shape).muli(6);
            INDArray dY = draw.activation(shape);
            List<INDArray> y = IntStream.range(0, 12)
                    .mapToObj(i -> draw.chance(30) ? x.dup('c') : draw.blank(shape))
                    .toList();
            Activations.elu(same(x, y.get(0)), y.get(0), alpha);
            Activations.eluBackward(y.get(0), dY, y.get(1), alpha);
            Activations.silu(same(x, y.get(2)), y.get(2));
            Activations.siluBackward(x, dY, y.get(3));
            Activations.gelu(same(x, y.get(4)), y.get(4));
            Activations.geluBackward(x, dY, y.get(5));
            Activations.tanhGelu(same(x, y.get(6)), y.get(6));
            Activations.tanhGeluBackward(x, dY, y.get(7));
            Activations.softplus(same(x, y.get(8)), y.get(8), alpha, 2);
            Activations.softplusBackward(x, dY, y.get(9), alpha, 2);
            Activations.hardtanh(same(x, y.get(10)), y.get(10), -alpha, 1);
            Activations.hardtanhBackward(y.get(10), dY, y.get(11), -alpha, 1);
            return y;
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void softmaxes(int seed) {
        agree(seed, draw -> {
            long[] shape = draw.chance(50) ? image(draw) : new long[] {draw.between(1, 5), draw.between(1, 40)};
            INDArray x = draw.activation(shape).muli(4);
            INDArray dY = draw.activation(shape);
            List<INDArray> y =
                    IntStream.range(0, 4).mapToObj(i -> draw.blank(shape)).toList();
            int axis = draw.between(1, shape.length - 1);
            Activations.softmax(x, y.get(0), axis);
            Activations.softmaxBackward(y.get(0), dY, y.get(1), axis);
            Activations.logSoftmax(x, y.get(2), axis);
            Activations.logSoftmaxBackward(y.get(2), dY, y.get(3), axis);
            return y;
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void weightsOfAttention(int seed) {
        agree(seed, draw -> {
            int keys = draw.chance(10) ? draw.between(2_000, 2_100) : draw.between(1, 70);
            long[] shape = {draw.between(1, 3), draw.between(1, 3), draw.between(1, 40), keys};
            INDArray x = draw.activation(shape).muli(4);
            INDArray hidden = x.slice(0).slice(0).slice(0);
            boolean hides = draw.chance(30);
            if (hides) {
                hidden.assign(Float.NEGATIVE_INFINITY);
            }
            INDArray dY = draw.activation(shape);
            INDArray y = draw.blank(shape);
            INDArray dX = draw.blank(shape);
            boolean causal = draw.chance(50);
            Activations.attentionWeights(draw.chance(50) ? same(x, y) : x, y, 0.3, causal);
            if (hides) {
                assertThat(y.slice(0).slice(0).slice(0).amaxNumber().doubleValue())
                        .isZero();
            }
            Activations.attentionWeightsBackward(y, draw.chance(50) ? same(dY, dX) : dY, dX, 0.3);
            return List.of(y, dX);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void averagePools(int seed) {
        agree(seed, draw -> {
            int kernelHeight = draw.between(1, 4);
            int kernelWidth = draw.between(1, 4);
            Window window = Window.kernel(kernelHeight, kernelWidth)
                    .stride(draw.between(1, 3), draw.between(1, 3))
                    .padding(draw.between(0, kernelHeight / 2), draw.between(0, kernelWidth / 2));
            int height = draw.between(1, 6);
            int width = draw.between(1, 6);
            INDArray x = draw.activation(
                    draw.between(1, 3),
                    draw.between(1, 5),
                    imageSize(draw, height, window, true),
                    imageSize(draw, width, window, false));
            boolean countsPadding = draw.chance(50);
            INDArray y = draw.blank(x.size(0), x.size(1), height, width);
            INDArray dX = draw.blank(x.shape());
            Kernels.avgPool2d(x, y, window, countsPadding);
            Kernels.avgPool2dBackward(draw.activation(y.shape()), dX, window, countsPadding);
            INDArray parts = draw.blank(x.size(0), x.size(1), draw.between(1, 7), draw.between(1, 7));
            INDArray dXOfParts = draw.blank(x.shape());
            Kernels.adaptiveAvgPool2d(x, parts);
            Kernels.adaptiveAvgPool2dBackward(draw.activation(parts.shape()), dXOfParts);
            return List.of(y, dX, parts, dXOfParts);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void groupAndLayerNormalizations(int seed) {
        agree(seed, draw -> {
            int groups = draw.between(1, 3);
            int each = draw.between(1, 3);
            long[] shape = {draw.between(1, 4), (long) groups * each, draw.between(2, 6), draw.between(1, 6)};
            long[] last = {shape[2], shape[3]};
            boolean accumulate = draw.chance(50);
            INDArray x = draw.activation(shape);
            INDArray dY = draw.activation(shape);
            INDArray gamma = draw.parameter(shape[1]);
            INDArray gammas = draw.parameter(last);
            INDArray mean = draw.parameter(shape[0], groups);
            INDArray inverseStd = draw.parameter(shape[0], groups);
            INDArray means = draw.parameter(shape[0], shape[1]);
            INDArray inverseStds = draw.parameter(shape[0], shape[1]);
            INDArray y = draw.blank(shape);
            INDArray dX = draw.blank(shape);
            INDArray layerY = draw.blank(shape);
            INDArray layerDX = draw.blank(shape);
            INDArray dGamma = draw.parameter(shape[1]);
            INDArray dBeta = draw.parameter(shape[1]);
            INDArray dGammas = draw.parameter(last);
            INDArray dBetas = draw.parameter(last);
            Normalizations.groupNorm(x, gamma, draw.parameter(shape[1]), mean, inverseStd, y, 1e-3);
            Normalizations.groupNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, accumulate);
            Normalizations.layerNorm(x, gammas, draw.parameter(last), means, inverseStds, layerY, 1e-3);
            Normalizations.layerNormBackward(x, gammas, means, inverseStds, dY, layerDX, dGammas, dBetas, accumulate);
            return List.of(y, mean, inverseStd, dX, dGamma, dBeta, layerY, means, layerDX, dGammas, dBetas);
        });
    }

    @ParameterizedTest
    @MethodSource("few")
    void layerNormalizationsOfManyOrLongRows(int seed) {
        agree(seed, draw -> {
            int size = draw.chance(20) ? draw.between(2_000, 2_100) : draw.between(1, 130);
            long[] shape = {draw.between(1, 4), draw.between(1, size > 130 ? 3 : 200), size};
            boolean accumulate = draw.chance(50);
            INDArray x = draw.activation(shape);
            INDArray dY = draw.activation(shape);
            INDArray gamma = draw.chance(70) ? draw.parameter(size) : null;
            INDArray beta = gamma == null ? null : draw.parameter(size);
            INDArray mean = draw.parameter(shape[0], shape[1]);
            INDArray inverseStd = draw.parameter(shape[0], shape[1]);
            INDArray y = draw.blank(shape);
            INDArray dX = draw.blank(shape);
            INDArray dGamma = draw.parameter(size);
            INDArray dBeta = draw.parameter(size);
            Normalizations.layerNorm(x, gamma, beta, mean, inverseStd, y, 1e-3);
            Normalizations.layerNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, accumulate);
            return List.of(y, mean, inverseStd, dX, dGamma, dBeta);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void channelDropouts(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            INDArray x = draw.activation(shape);
            INDArray mask = draw.parameter(shape[0], shape[1]);
            INDArray y = draw.chance(30) ? x.dup('c') : draw.blank(shape);
            INDArray dX = draw.blank(shape);
            Kernels.dropout2d(same(x, y), mask, y, 0.4, true, new RandomStream(seed));
            Kernels.dropout2dBackward(mask, x, dX, true);
            return List.of(y, mask, dX);
        });
    }

    /** x itself for a blank result, and for one that holds x already, that: in place. */
    private static INDArray same(INDArray x, INDArray y) {
        return y.equals(x) ? y : x;
    }

    @ParameterizedTest
    @MethodSource("few")
    void concatenations(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            int first = draw.between(1, 3);
            int second = draw.between(1, 3);
            INDArray a = draw.activation(shape[0], first, shape[2], shape[3]);
            INDArray b = draw.activation(shape[0], second, shape[2], shape[3]);
            INDArray y = draw.blank(shape[0], first + second, shape[2], shape[3]);
            INDArray dB = draw.blank(b.shape());
            Kernels.concat(y, a, b);
            Kernels.concatBackward(y, dB, first);
            assertThat(dB).isEqualTo(b);
            return List.of(y, dB);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void productsOfMatrices(int seed) {
        agree(seed, draw -> {
            int batch = draw.between(1, 3);
            int count = draw.between(1, 3);
            int m = draw.between(1, 40);
            int n = draw.between(1, 40);
            int k = draw.between(1, 40);
            boolean transposeA = draw.chance(50);
            boolean transposeB = draw.chance(50);
            INDArray a = transposeA ? draw.activation(batch, count, k, m) : draw.activation(batch, count, m, k);
            INDArray b = transposeB ? draw.activation(batch, count, n, k) : draw.activation(batch, count, k, n);
            INDArray y = draw.blank(batch, count, m, n);
            Kernels.matmul(a, b, y, transposeA, transposeB);
            return List.of(y);
        });
    }

    /** Heads of attention lie between each other: [batch, tokens, heads, size], and other such orders. */
    @ParameterizedTest
    @MethodSource("many")
    void productsOfMatricesByTheirStrides(int seed) {
        agree(seed, draw -> {
            int batch = draw.between(1, 3);
            int count = draw.between(1, 3);
            int m = draw.between(1, 40);
            int n = draw.between(1, 40);
            int k = draw.between(1, 40);
            INDArray a = matrices(draw, batch, count, m, k, true);
            INDArray b = matrices(draw, batch, count, k, n, true);
            INDArray y = matrices(draw, batch, count, m, n, false);
            Kernels.matmul(a, b, y, false, false);
            INDArray contiguous = draw.blank(batch, count, m, n);
            Kernels.matmul(a.dup('c'), b.dup('c'), contiguous, false, false);
            INDArray transposed = matrices(draw, batch, count, n, m, false);
            Kernels.matmul(b, a, transposed, true, true);
            return List.of(contiguous, y.dup('c'), transposed.dup('c'));
        });
    }

    /** Matrices of which the rows or the columns are contiguous, within a larger array. */
    private static INDArray matrices(DrawnArrays draw, int batch, int count, int rows, int columns, boolean filled) {
        int first = draw.chance(50) ? 2 : 3;
        long[] shape = {batch, count, rows, columns};
        // The order in which the axes lie: the batch, the heads and one axis of the matrices, then the other.
        int[][] orders = {{0, 1, 2, 3}, {0, 2, 1, 3}, {0, 3, 1, 2}, {0, 1, 3, 2}};
        int[] order = orders[draw.between(0, 3)];
        long[] lying = new long[4];
        int[] back = new int[4];
        for (int axis = 0; axis < 4; axis++) {
            lying[axis] = shape[order[axis]];
            back[order[axis]] = axis;
        }
        lying[3] += first;
        INDArray whole = filled ? draw.parameter(lying) : draw.parameter(lying).assign(77);
        return whole.get(
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(1, 1 + shape[order[3]]))
                .permute(back);
    }

    @Test
    void productsRefuseMatricesWithNeitherRowsNorColumnsContiguous() {
        INDArray whole = Nd4j.ones(DataType.FLOAT, 2, 3, 4, 5);
        INDArray apart = whole.permute(0, 3, 1, 2);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 2, 5, 3, 3);

        assertThatThrownBy(() -> Kernels.matmul(apart, apart, y, false, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("neither the rows nor the columns of matrices 3 by 4 are contiguous");
        assertThatThrownBy(() -> Kernels.copy(apart, apart.dup('c')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("contiguous in 'c' order within each sample");
    }

    @ParameterizedTest
    @MethodSource("many")
    void movements(int seed) {
        agree(seed, draw -> {
            int rank = draw.between(2, 5);
            long[] shape = IntStream.range(0, rank)
                    .mapToLong(axis -> draw.between(1, axis == 0 ? 4 : 5))
                    .toArray();
            int[] order = IntStream.range(0, rank).toArray();
            for (int axis = rank - 1; axis > 1; axis--) {
                int other = draw.between(1, axis);
                int kept = order[axis];
                order[axis] = order[other];
                order[other] = kept;
            }
            int axis = draw.between(1, rank - 1);
            shape[axis] += 2;
            INDArray x = draw.activation(shape);
            INDArray permuted = draw.blank(
                    Arrays.stream(order).mapToLong(from -> shape[from]).toArray());
            Kernels.permute(x, permuted, order);
            long[] sizes = shape.clone();
            sizes[axis] = 1;
            INDArray first = draw.blank(sizes);
            INDArray last = draw.blank(sizes);
            int end = Math.toIntExact(shape[axis] - 1);
            Kernels.slice(x, axis, new int[] {0, end}, first, last);
            INDArray gaps = draw.blank(shape);
            Kernels.sliceBackward(gaps, axis, new int[] {0, end}, first, last);
            long[] wide = shape.clone();
            wide[axis]++;
            INDArray joined = draw.blank(wide);
            Kernels.concat(joined, axis, last, x);
            INDArray back = draw.blank(shape);
            Kernels.concatBackward(joined, back, axis, 1);

            assertThat(permuted.dup('c')).isEqualTo(x.permute(order).dup('c'));
            assertThat(back.dup('c')).isEqualTo(x.dup('c'));
            return List.of(permuted, first, last, gaps, joined);
        });
    }

    @ParameterizedTest
    @MethodSource("many")
    void reductions(int seed) {
        agree(seed, draw -> {
            int rank = draw.between(2, 4);
            long[] shape = IntStream.range(0, rank)
                    .mapToLong(axis -> draw.between(1, 7))
                    .toArray();
            long[] reduced = shape.clone();
            for (int axis = 1; axis < rank; axis++) {
                reduced[axis] = draw.chance(60) ? 1 : shape[axis];
            }
            INDArray x = draw.activation(shape);
            INDArray dY = draw.activation(reduced);
            List<INDArray> results = IntStream.range(0, 10)
                    .mapToObj(i -> i < 7 ? draw.blank(reduced) : draw.blank(shape))
                    .toList();
            Kernels.reduceSum(x, results.get(0));
            Kernels.reduceMean(x, results.get(1));
            Kernels.reduceMax(x, results.get(2));
            Kernels.reduceMin(x, results.get(3));
            Kernels.reduceProduct(x, results.get(4));
            Kernels.reduceLogSumExp(x, results.get(5));
            Kernels.reduceNorm(x, results.get(6));
            Kernels.reduceMaxBackward(x, results.get(2), dY, results.get(7));
            Kernels.reduceMinBackward(x, results.get(3), dY, results.get(8));
            Kernels.reduceProductBackward(x, results.get(4), dY, results.get(9));
            return results;
        });
    }

    @ParameterizedTest
    @MethodSource("few")
    void losses(int seed) {
        agree(seed, draw -> {
            long[] shape = image(draw);
            double scale = draw.between(1, 100);
            INDArray prediction = draw.activation(shape);
            INDArray target = draw.activation(shape);
            INDArray dL1 = draw.blank(shape);
            INDArray dMse = draw.blank(shape);
            double l1 = Losses.l1Loss(prediction, target, scale, dL1);
            double mse = Losses.mseLoss(prediction, target, scale, dMse);
            int classes = draw.between(1, 12);
            int batch = draw.between(1, 40);
            INDArray logits = draw.activation(batch, classes).muli(9);
            INDArray labels = Nd4j.createFromArray(IntStream.range(0, batch)
                    .map(n -> draw.between(0, classes - 1))
                    .toArray());
            INDArray dLogits = draw.blank(batch, classes);
            double crossEntropy = Losses.crossEntropyLoss(logits, labels, scale, dLogits);
            INDArray dSmooth = draw.blank(shape);
            INDArray dHuber = draw.blank(shape);
            INDArray dBce = draw.blank(shape);
            INDArray dNll = draw.blank(batch, classes);
            double smooth = Losses.smoothL1Loss(prediction, target, 0.5, scale, dSmooth);
            double huber = Losses.huberLoss(prediction, target, 0.5, scale, dHuber);
            double bce = Losses.bceWithLogitsLoss(prediction, target, scale, dBce);
            double nll = Losses.nllLoss(logits, labels, scale, dNll);
            return List.of(
                    dL1,
                    dMse,
                    dLogits,
                    dSmooth,
                    dHuber,
                    dBce,
                    dNll,
                    Nd4j.createFromArray(l1, mse, crossEntropy, smooth, huber, bce, nll));
        });
    }

    private static long[] image(DrawnArrays draw) {
        boolean large = draw.chance(15);
        return new long[] {
            draw.between(1, 4),
            draw.between(1, large ? 12 : 6),
            draw.between(1, large ? 50 : 7),
            draw.between(1, large ? 50 : 7)
        };
    }

    private static void agree(int seed, Function<DrawnArrays, List<INDArray>> computation) {
        DrawnArrays draw = new DrawnArrays(seed, DataType.FLOAT);
        List<INDArray> fast = computation.apply(draw);
        draw.requireNothingElseWritten();
        List<INDArray> exact = computation.apply(new DrawnArrays(seed, DataType.DOUBLE));
        for (int i = 0; i < exact.size(); i++) {
            double[] expected = Operand.of(exact.get(i)).read();
            double[] actual = Operand.of(fast.get(i)).read();
            double magnitude = Arrays.stream(expected).map(Math::abs).max().orElse(0);
            double difference = IntStream.range(0, expected.length)
                    .mapToDouble(j -> Math.abs(actual[j] - expected[j]))
                    .max()
                    .orElse(0);
            assertThat(difference)
                    .as(
                            "result %d of seed %d, %s",
                            i, seed, Arrays.toString(exact.get(i).shape()))
                    .isLessThanOrEqualTo(TOLERANCE * magnitude);
        }
    }
}
