package org.espalier.runtime.train.metric;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads and checks the arrays that metrics are given. */
final class Elements {
    private Elements() {}

    /** The numbers of an array of any type, in 'c' order. */
    static double[] of(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    /** Requires a target for each number of an output; {@code [batch, 1]} and {@code [batch]} fit. */
    static void requireSame(Metric metric, INDArray output, INDArray target) {
        if (output.length() != target.length() || output.size(0) != target.size(0)) {
            throw new IllegalArgumentException(metric.name() + " expects a target for each number of the output, found "
                    + Arrays.toString(output.shape()) + " and " + Arrays.toString(target.shape()));
        }
    }

    /** Requires the index of a class for each place of an output {@code [batch, classes, …]}. */
    static void requireClasses(Metric metric, INDArray output, INDArray target) {
        long classes = output.rank() < 2 ? 0 : output.size(1);
        if (classes == 0 || target.size(0) != output.size(0) || target.length() * classes != output.length()) {
            throw new IllegalArgumentException(metric.name()
                    + " expects scores [batch, classes, …] and the index of a class for each, found "
                    + Arrays.toString(output.shape()) + " and " + Arrays.toString(target.shape()));
        }
    }
}
