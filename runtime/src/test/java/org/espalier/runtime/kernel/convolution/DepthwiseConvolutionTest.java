package org.espalier.runtime.kernel.convolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Convolutions of single channels, and of few, give what the plain loops in double precision give. */
class DepthwiseConvolutionTest {
    private static final double BOUND = 1e-5;

    /**
     * A convolution.
     *
     * @param channels of the image, which are in as many groups, each of so many
     * @param ofGroup channels of the image in a group
     * @param multiplier channels of the map in a group
     * @param sizes of the image along the window's axes
     */
    private record Case(int batch, int channels, int ofGroup, int multiplier, List<Integer> sizes, Window window) {
        INDArray image(Random random) {
            return numbers(random, shape(channels, sizes));
        }

        long[] map() {
            List<Integer> map = IntStream.range(0, sizes.size())
                    .mapToObj(axis -> (sizes.get(axis)
                                            + 2 * of(window.padding(), axis)
                                            - of(window.dilation(), axis) * (of(window.kernel(), axis) - 1)
                                            - 1)
                                    / of(window.stride(), axis)
                            + 1)
                    .toList();
            return shape(channels / ofGroup * multiplier, map);
        }

        long[] weight() {
            long[] weight = map().clone();
            weight[0] = weight[1];
            weight[1] = ofGroup;
            for (int axis = 0; axis < sizes.size(); axis++) {
                weight[2 + axis] = of(window.kernel(), axis);
            }
            return weight;
        }

        private long[] shape(int ofChannels, List<Integer> places) {
            return Stream.concat(Stream.of(batch, ofChannels), places.stream())
                    .mapToLong(Integer::longValue)
                    .toArray();
        }

        private int of(Window.Sizes values, int axis) {
            return List.of(values.depth(), values.height(), values.width()).get(3 - sizes.size() + axis);
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(2, 5, 1, 1, List.of(19), Window.kernel(3).padding(1)),
                new Case(
                        3,
                        4,
                        1,
                        2,
                        List.of(40),
                        Window.kernel(5).stride(3).dilation(2).padding(4)),
                new Case(2, 6, 1, 1, List.of(14, 14), Window.kernel(3, 3).padding(1, 1)),
                new Case(1, 3, 1, 1, List.of(61, 70), Window.kernel(3, 3).padding(1, 1)),
                new Case(2, 7, 1, 1, List.of(7, 7), Window.kernel(5, 5).padding(2, 2)),
                new Case(
                        2,
                        4,
                        1,
                        3,
                        List.of(9, 12),
                        Window.kernel(3, 3).stride(2, 2).padding(1, 1)),
                new Case(
                        2,
                        4,
                        1,
                        1,
                        List.of(11, 8),
                        Window.kernel(2, 4).stride(3, 2).padding(0, 2).dilation(1, 2)),
                new Case(2, 4, 1, 1, List.of(5, 6), Window.kernel(1, 1).stride(2, 2)),
                new Case(
                        2,
                        3,
                        1,
                        2,
                        List.of(13, 13),
                        Window.kernel(3, 3).stride(2, 2).dilation(2, 3).padding(2, 3)),
                new Case(2, 3, 1, 1, List.of(4, 5, 6), Window.kernel(3, 3, 3).padding(1, 1, 1)),
                new Case(
                        2,
                        2,
                        1,
                        2,
                        List.of(5, 6, 7),
                        Window.kernel(2, 3, 2).stride(2, 1, 2).padding(1, 1, 0)),
                new Case(2, 6, 2, 4, List.of(8, 9), Window.kernel(3, 3).padding(1, 1)),
                new Case(
                        2,
                        8,
                        4,
                        2,
                        List.of(10, 9),
                        Window.kernel(3, 3).stride(2, 2).padding(1, 1)),
                new Case(1, 2, 1, 1, List.of(3, 3), Window.kernel(3, 3)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithDoubles(Case shapes) {
        Random random = new Random(7);
        INDArray image = shapes.image(random);
        INDArray map = numbers(random, shapes.map());
        INDArray weight = numbers(random, shapes.weight());
        INDArray biasOfMap = numbers(random, map.size(1));
        INDArray biasOfImage = numbers(random, image.size(1));
        Window window = shapes.window();
        INDArray expectedMap = doubles(map.shape());
        ReferenceConvolution.toMap(image, weight, biasOfMap, expectedMap, window);
        INDArray expectedImage = doubles(image.shape());
        ReferenceConvolution.toImage(map, weight, biasOfImage, expectedImage, window);
        INDArray expectedWeight = weight.dup();
        ReferenceConvolution.toWeight(image, map, expectedWeight, window, true);

        INDArray x = image.castTo(DataType.FLOAT);
        INDArray y = map.castTo(DataType.FLOAT);
        INDArray w = weight.castTo(DataType.FLOAT);
        INDArray b = biasOfMap.castTo(DataType.FLOAT);
        INDArray c = biasOfImage.castTo(DataType.FLOAT);
        DepthwiseConvolution convolution = of(x, w, y, window);
        INDArray actualMap = Nd4j.create(DataType.FLOAT, map.shape());
        of(x, w, actualMap, window).toMap(Operand.of(w), Operand.of(b));
        INDArray actualImage = Nd4j.create(DataType.FLOAT, image.shape());
        of(actualImage, w, y, window).toImage(Operand.of(w), Operand.of(c));
        INDArray actualWeight = w.dup();
        convolution.toWeight(Operand.of(actualWeight), true);
        close("map", actualMap, expectedMap);
        close("image", actualImage, expectedImage);
        close("weight", actualWeight, expectedWeight);
        Reference.reachabilityFence(List.of(x, y, w, b, c));
    }

    /** Planes are shared out by their number and that of the threads. */
    @Test
    void samplesOfABatchHaveTheBitsOfSingleOnes() {
        Window window = Window.kernel(3, 3).stride(2, 2).padding(1, 1);
        Random random = new Random(8);
        INDArray x = numbers(random, 5, 6, 15, 16).castTo(DataType.FLOAT);
        INDArray w = numbers(random, 12, 1, 3, 3).castTo(DataType.FLOAT);
        INDArray map = Nd4j.create(DataType.FLOAT, 5, 12, 8, 8);
        INDArray one = Nd4j.create(DataType.FLOAT, 1, 12, 8, 8);
        of(x, w, map, window).toMap(Operand.of(w), null);
        for (int sample = 0; sample < 5; sample++) {
            INDArray alone = x.slice(sample).dup().reshape(1, 6, 15, 16);
            of(alone, w, one, window).toMap(Operand.of(w), null);
            assertThat(one.data().asFloat())
                    .isEqualTo(map.slice(sample).dup().data().asFloat());
            Reference.reachabilityFence(alone);
        }
    }

    @Test
    void leavesWindowsThatLieWideApartToOthers() {
        Operand image = Operand.of(Nd4j.create(DataType.FLOAT, 1, 2, 200, 200));
        Operand map = Operand.of(Nd4j.create(DataType.FLOAT, 1, 2, 2, 2));

        assertThat(TapLayout.of(image, map, Window.kernel(2, 2).dilation(198, 198)))
                .isPresent();
        assertThat(TapLayout.of(
                        Operand.of(Nd4j.create(DataType.FLOAT, 1, 2, 2, 2)),
                        map,
                        Window.kernel(3, 3).dilation(200, 200).padding(200, 200)))
                .isEmpty();
    }

    private static DepthwiseConvolution of(INDArray image, INDArray weight, INDArray map, Window window) {
        Operand x = Operand.of(image);
        Operand y = Operand.of(map);
        return new DepthwiseConvolution(
                new PlainTapSums(), TapLayout.of(x, y, window).orElseThrow(), x, Operand.of(weight), y);
    }

    private static INDArray numbers(Random random, long... shape) {
        double[] values = random.doubles(Arrays.stream(shape).reduce(1, Math::multiplyExact))
                .map(value -> (float) (2 * value - 1))
                .toArray();
        return Nd4j.create(values, shape, DataType.DOUBLE);
    }

    private static INDArray doubles(long... shape) {
        return Nd4j.create(DataType.DOUBLE, shape);
    }

    private static void close(String what, INDArray actual, INDArray expected) {
        double[] a = Operand.of(actual).read();
        double[] b = Operand.of(expected).read();
        double scale = Arrays.stream(b).map(Math::abs).max().orElse(1);
        for (int i = 0; i < b.length; i++) {
            assertThat(a[i]).as("%s[%d]", what, i).isCloseTo(b[i], within(BOUND * scale));
        }
    }
}
