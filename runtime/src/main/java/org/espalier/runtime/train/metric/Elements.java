package org.espalier.runtime.train.metric;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads and checks the arrays that metrics are given. */
final class Elements {
    private Elements() {}

    /** The numbers of an array of any type, in 'c' order. */
    static double[] of(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    /** The numbers of an array, each of which must be 0 or 1. */
    static double[] zerosAndOnes(Metric metric, INDArray target) {
        double[] numbers = of(target);
        for (double number : numbers) {
            if (number != 0 && number != 1) {
                throw new IllegalArgumentException(metric.name() + " expects targets that are 0 or 1, found " + number);
            }
        }
        return numbers;
    }

    /** Requires a target for each number of an output; {@code [batch, 1]} and {@code [batch]} fit. */
    static void requireSame(Metric metric, INDArray output, INDArray target) {
        if (!Arrays.equals(sizes(output, -1), sizes(target, -1))) {
            throw new IllegalArgumentException(metric.name() + " expects a target for each number of the output, found "
                    + Arrays.toString(output.shape()) + " and " + Arrays.toString(target.shape()));
        }
    }

    /** Requires the index of a class for each place of an output {@code [batch, classes, …]}. */
    static void requireClasses(Metric metric, INDArray output, INDArray target) {
        if (output.rank() < 2 || !Arrays.equals(sizes(output, 1), sizes(target, -1))) {
            throw new IllegalArgumentException(metric.name()
                    + " expects scores [batch, classes, …] and the index of a class for each, found "
                    + Arrays.toString(output.shape()) + " and " + Arrays.toString(target.shape()));
        }
    }

    /** The batch, and the sizes of the other axes that are not 1, without one of them. */
    private static long[] sizes(INDArray array, int without) {
        long[] shape = array.shape();
        return IntStream.range(0, shape.length)
                .filter(axis -> axis == 0 || (axis != without && shape[axis] != 1))
                .mapToLong(axis -> shape[axis])
                .toArray();
    }
}
