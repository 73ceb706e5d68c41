package org.espalier.generator.ir.op;

import java.util.ArrayList;
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
        return dimensions.size() + firstAxis();
    }

    /** The first axis that is not the batch. */
    public int firstAxis() {
        return batched ? 1 : 0;
    }

    /** A fixed size by its axis, counted with the batch, as PyTorch does: axis 1 of {@code [batch, 3, 64, 64]} is 3. */
    public int axis(int axis) {
        return dimensions.get(axis - firstAxis());
    }

    /** Elements from one place along an axis to the next. */
    public long elementsBehind(int axis) {
        long elements = 1;
        for (int behind = axis + 1; behind < rank(); behind++) {
            elements *= axis(behind);
        }
        return elements;
    }

    /** The channels (axis 1) alone, {@code [channels]}; nothing of a shape without. */
    public Shape channels() {
        return rank() < 2 ? Shape.of() : Shape.of(axis(1));
    }

    /** Elements of one channel (axis 1) of a sample: height times width of an image. */
    public long area() {
        return elements() / axis(1);
    }

    /** Tells whether it is some channels of another shape, from a given one on. */
    public boolean isChannelsOf(Shape whole, int from) {
        return isPartOf(whole, 1, from);
    }

    /** Tells whether it is a part of another shape along an axis that is not the batch, from a place on. */
    public boolean isPartOf(Shape whole, int axis, int from) {
        return batched == whole.batched
                && rank() == whole.rank()
                && axis >= firstAxis()
                && rank() > axis
                && from >= 0
                && from + axis(axis) <= whole.axis(axis)
                && equals(whole.with(axis, axis(axis)));
    }

    /** Number of axes behind batch and channels: 2 of an image. */
    public int axes() {
        return Math.max(0, rank() - 2);
    }

    /** Names the axes behind batch and channels: of a sequence length, of an image height and width. */
    public static List<String> axisNames(int axes) {
        return axes == 1
                ? List.of("length")
                : List.of("depth", "height", "width").subList(3 - axes, 3);
    }

    /** The size of the last axis. */
    public int last() {
        return dimensions.get(dimensions.size() - 1);
    }

    /** The same shape with another size of the last axis. */
    public Shape withLast(int size) {
        List<Integer> sizes = new ArrayList<>(dimensions);
        sizes.set(sizes.size() - 1, size);
        return new Shape(batched, sizes);
    }

    /** The same shape with another size of an axis, counted with the batch. */
    public Shape with(int axis, int size) {
        List<Integer> sizes = new ArrayList<>(dimensions);
        sizes.set(axis - firstAxis(), size);
        return new Shape(batched, sizes);
    }

    /** The same shape with an axis of a size before one of its axes, or behind its last. */
    public Shape inserting(int axis, int size) {
        List<Integer> sizes = new ArrayList<>(dimensions);
        sizes.add(axis - firstAxis(), size);
        return new Shape(batched, sizes);
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
