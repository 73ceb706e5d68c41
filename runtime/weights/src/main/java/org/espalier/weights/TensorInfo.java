package org.espalier.weights;

import java.util.List;

/**
 * A tensor of a file.
 *
 * @param name its key
 * @param type number format
 * @param shape sizes, the last axis fastest; empty for a single number
 */
public record TensorInfo(String name, TensorType type, List<Long> shape) {
    /**
     * Copies the shape.
     *
     * @throws IllegalArgumentException if a size is below 0
     */
    public TensorInfo {
        shape = List.copyOf(shape);
        if (shape.stream().anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException("sizes must be at least 0: " + shape);
        }
    }

    /**
     * Its length in the file.
     *
     * @throws ArithmeticException if that is more than a long holds
     */
    public long bytes() {
        return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
    }

    /** {@code conv.weight [8, 1, 4, 4] F32}. */
    @Override
    public String toString() {
        return Excerpt.of(name) + " " + Excerpt.of(shape.toString()) + " " + type;
    }
}
