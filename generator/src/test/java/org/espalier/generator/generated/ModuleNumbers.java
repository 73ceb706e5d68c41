package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Numbers of PyTorch's module samples: those that go in, made by a formula of an element's index and a name, and sums
 * of those that come out. {@code runtime/src/test/python/module_fixtures.py} has the same formulas.
 */
final class ModuleNumbers {
    private static final int MODULUS = 8192;

    /** Names of the weights of elements in the two sums of a tensor. */
    private static final String FIRST = "first";

    private static final String SECOND = "second";

    /** Below that, numbers are compared as if they had this size: a gradient that is 0 has roundings. */
    private static final double LEAST = 1e-3;

    private ModuleNumbers() {}

    /**
     * A tensor of numbers of a kind.
     *
     * @param kind {@code any}, {@code unit}, {@code below 4} and so on
     * @param name gives the order of the numbers
     */
    static INDArray fill(String kind, String name, long... shape) {
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        double[] numbers = kind.equals("labels")
                ? labels((int) shape[0], (int) shape[1])
                : kind.startsWith("lengths ")
                        ? Stream.of(kind.substring(8).split(" ", -1))
                                .mapToDouble(Double::parseDouble)
                                .toArray()
                        : kind.startsWith("last ")
                                ? lasts(Integer.parseInt(kind.split(" ")[1]), count)
                                : Arrays.stream(units(name, count))
                                        .map(formula(kind))
                                        .toArray();
        return Nd4j.createFromArray(numbers).reshape(shape);
    }

    private static DoubleUnaryOperator formula(String kind) {
        return switch (kind) {
            case "any" -> u -> 8 * u - 4;
            case "weight" -> u -> 2 * u - 1;
            case "positive" -> u -> 4 * u;
            case "unit" -> u -> u;
            case "negative" -> u -> -4 * u;
            case "signs" -> u -> u < 0.5 ? 1 : -1;
            case "below 15 from 1" -> u -> 1 + Math.floor(u * 14);
            default -> {
                assertThat(kind).startsWith("below ");
                int below = Integer.parseInt(kind.split(" ")[1]);
                yield u -> Math.floor(u * below);
            }
        };
    }

    /** Odd multiples of 1/16384 between 0 and 1, which both precisions have, in an order that the name gives. */
    private static double[] units(String name, int count) {
        int seed = Math.floorMod(name.hashCode(), MODULUS);
        int step = 2 * (seed * 613 % (MODULUS / 2)) + 1;
        return IntStream.range(0, count)
                .mapToDouble(index -> {
                    long place = ((long) index * step + (long) seed * 4219 + 17) % MODULUS;
                    return (2.0 * place + 1) / (2 * MODULUS);
                })
                .toArray();
    }

    /** 1 for the last element of each row, and 0 before it. */
    private static double[] lasts(int row, int count) {
        return IntStream.range(0, count)
                .mapToDouble(index -> index % row == row - 1 ? 1 : 0)
                .toArray();
    }

    /** Right classes of each row, from one to half of them, and −1 behind them. */
    private static double[] labels(int rows, int classes) {
        double[] labels = new double[rows * classes];
        Arrays.fill(labels, -1);
        for (int row = 0; row < rows; row++) {
            for (int place = 0; place <= row % (classes / 2); place++) {
                labels[row * classes + place] = (row + 3 * place) % classes;
            }
        }
        return labels;
    }

    /** Fails unless an array has the shape, the elements and the sums that a fixture has of a tensor. */
    static void assertSame(String name, Object expected, INDArray actual, double tolerance) {
        Map<String, Object> tensor = PytorchNumbers.map(expected);
        assertThat(actual.shape()).as(name + ", shape").isEqualTo(sizes(tensor.get("shape")));
        double[] found = CompiledGradients.numbers(actual);
        int last = found.length - 1;
        int[] places =
                IntStream.of(0, found.length / 2, last).sorted().distinct().toArray();
        if (tensor.containsKey("elements")) {
            double[] elements = doubles(tensor.get("elements"));
            double size = Math.sqrt(Arrays.stream(found).map(x -> x * x).sum() / found.length);
            for (int i = 0; i < places.length; i++) {
                assertNear(name + " at " + places[i], found[places[i]], elements[i], size, tolerance);
            }
        }
        double[] sums = doubles(tensor.get("sums"));
        assertSum(name, found, units(FIRST, found.length), sums[0], tolerance);
        double[] second =
                Arrays.stream(units(SECOND, found.length)).map(u -> 2 * u - 1).toArray();
        assertSum(name, found, second, sums[1], tolerance);
    }

    private static void assertSum(String name, double[] found, double[] weights, double right, double tolerance) {
        double sum = 0;
        double size = 0;
        for (int i = 0; i < found.length; i++) {
            sum += weights[i] * found[i];
            size += Math.abs(weights[i] * found[i]);
        }
        assertNear("weighed sum of " + name, sum, right, size, tolerance);
    }

    private static void assertNear(String name, double found, double right, double size, double tolerance) {
        assertThat(found)
                .as(name)
                .isCloseTo(right, Offset.offset(tolerance * Math.max(LEAST, Math.max(size, Math.abs(right)))));
    }

    /** A list of whole numbers. */
    static long[] sizes(Object list) {
        List<Object> sizes = PytorchNumbers.list(list);
        return sizes.stream()
                .mapToLong(size -> Long.parseLong(String.valueOf(size)))
                .toArray();
    }

    private static double[] doubles(Object list) {
        return PytorchNumbers.list(list).stream()
                .mapToDouble(number -> Double.parseDouble(String.valueOf(number)))
                .toArray();
    }
}
