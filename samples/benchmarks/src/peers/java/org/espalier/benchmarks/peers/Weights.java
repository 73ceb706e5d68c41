package org.espalier.benchmarks.peers;

import java.util.Arrays;
import org.espalier.benchmarks.subject.Draw;
import org.espalier.runtime.Network;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Source of the parameters and statistics of a peer's network: by the name and shape that Espalier's network has them
 * in, so that tests can give both the same.
 */
@FunctionalInterface
interface Weights {
    /** The numbers of a parameter. */
    float[] of(String name, long... shape);

    /** Some that are small: time does not depend on them. Scales and variances of normalization are 1. */
    static Weights drawn() {
        return (name, shape) -> {
            int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
            if (shape.length > 1) {
                return Draw.normal(name.hashCode(), count, 0.02);
            }
            float[] numbers = new float[count];
            Arrays.fill(numbers, name.endsWith(".weight") || name.endsWith(".running_var") ? 1 : 0);
            return numbers;
        };
    }

    /** Those of a network. */
    static Weights of(Network network) {
        return (name, shape) -> {
            INDArray statistic = network.statistics().get(name);
            INDArray found = statistic == null ? network.parameters().get(name).value() : statistic;
            if (!Arrays.equals(found.shape(), shape)) {
                throw new IllegalArgumentException(name + " is " + Arrays.toString(found.shape()) + ", but "
                        + Arrays.toString(shape) + " was asked for");
            }
            return found.dup('c').data().asFloat();
        };
    }
}
