package org.espalier.training.job;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * An input or target of a network, without its batch.
 *
 * @param name its name in the specification
 * @param isWhole true for whole numbers
 * @param shape of one example
 * @param classes how many classes its numbers are of; 0 if they are not classes
 */
record TensorSpec(String name, boolean isWhole, List<Long> shape, int classes) {
    private static final int FIELDS = 4;

    TensorSpec {
        shape = List.copyOf(shape);
    }

    /** Reads {@code picture;float;1,16,16;0}. */
    static TensorSpec parse(String text) {
        String[] fields = text.split(";", FIELDS);
        List<Long> shape = fields[2].isEmpty()
                ? List.of()
                : Arrays.stream(fields[2].split(",")).map(Long::valueOf).toList();
        return new TensorSpec(fields[0], fields[1].equals("int"), shape, Integer.parseInt(fields[3]));
    }

    /** Number of elements of one example. */
    long count() {
        return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** The shape of so many examples. */
    long[] of(long examples) {
        return LongStream.concat(LongStream.of(examples), shape.stream().mapToLong(Long::longValue))
                .toArray();
    }

    /** {@code [examples, 1, 16, 16]}. */
    String shapes() {
        return shape.stream().map(size -> ", " + size).collect(Collectors.joining("", "[examples", "]"));
    }
}
