package org.espalier.benchmarks.peers;

import java.util.Arrays;
import org.espalier.benchmarks.Draw;
import org.espalier.runtime.Network;

/**
 * Where a peer's network gets its parameters from: by the name and shape that Espalier's network has them in, so that
 * tests can give both the same.
 */
@FunctionalInterface
interface Weights {
    /** The numbers of a parameter. */
    float[] of(String name, long... shape);

    /** Some that are small: time does not depend on them. Scales of normalisation are 1. */
    static Weights drawn() {
        return (name, shape) -> {
            int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
            if (shape.length > 1) {
                return Draw.normal(name.hashCode(), count, 0.02);
            }
            float[] numbers = new float[count];
            Arrays.fill(numbers, name.endsWith("norm.weight") ? 1 : 0);
            return numbers;
        };
    }

    /** Those of a network. */
    static Weights of(Network network) {
        return (name, shape) -> {
            if (!Arrays.equals(network.parameters().get(name).shape(), shape)) {
                throw new IllegalArgumentException(name + " is "
                        + network.parameters().get(name) + ", but " + Arrays.toString(shape) + " was asked for");
            }
            return network.parameters().get(name).value().dup('c').data().asFloat();
        };
    }
}
