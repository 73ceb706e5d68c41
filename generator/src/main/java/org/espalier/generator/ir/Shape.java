package org.espalier.generator.ir;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The shape of a tensor: an optional leading batch axis of any size, then fixed sizes.
 *
 * @param batched whether the first axis is the batch
 * @param dimensions the fixed sizes after it, each at least 1
 */
public record Shape(boolean batched, List<Integer> dimensions) {
    /** Checks that every size is positive. */
    public Shape {
        dimensions = List.copyOf(dimensions);
        if (dimensions.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException("sizes must be at least 1: " + dimensions);
        }
    }

    /** {@code [batch, dimensions…]}. */
    public static Shape batch(Integer... dimensions) {
        return new Shape(true, List.of(dimensions));
    }

    /** {@code [dimensions…]}. */
    public static Shape of(Integer... dimensions) {
        return new Shape(false, List.of(dimensions));
    }

    /** Number of axes, the batch included. */
    public int rank() {
        return dimensions.size() + (batched ? 1 : 0);
    }

    /** A fixed size by its axis, counted with the batch, as PyTorch does: axis 1 of {@code [batch, 3, 64, 64]} is 3. */
    public int axis(int axis) {
        return dimensions.get(batched ? axis - 1 : axis);
    }

    /** Product of the fixed sizes: elements of one sample, or of the whole tensor if there is no batch axis. */
    public long elements() {
        return dimensions.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** {@code [batch, 3, 64, 64]}. */
    @Override
    public String toString() {
        Stream<String> sizes = dimensions.stream().map(String::valueOf);
        return (batched ? Stream.concat(Stream.of("batch"), sizes) : sizes).collect(Collectors.joining(", ", "[", "]"));
    }
}
