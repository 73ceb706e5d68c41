package org.espalier.runtime.optim.update;

import java.util.List;
import org.espalier.runtime.optim.regularizer.Term;

/**
 * Division of a parameter's elements, in 'c' order, into groups along an axis: runs of {@code inner} neighbours belong
 * to one group, and {@code count} groups take turns.
 *
 * @param count how many groups
 * @param inner length of a run
 * @param size elements of a group
 */
record Groups(int count, long inner, long size) {
    /** All elements in one group. */
    static Groups whole(List<Long> shape) {
        long length = product(shape);
        return new Groups(1, length, length);
    }

    /**
     * A group for each index of {@code axis}.
     *
     * @throws IllegalArgumentException if the shape has no such axis
     */
    static Groups along(Term term, int axis, List<Long> shape) {
        if (axis >= shape.size()) {
            throw new IllegalArgumentException(
                    term + " needs a parameter with an axis " + axis + ", but its shape is " + shape);
        }
        int count = Math.toIntExact(shape.get(axis));
        return new Groups(count, product(shape.subList(axis + 1, shape.size())), product(shape) / count);
    }

    /** The group of the run that element {@code start} is in. */
    int group(long start) {
        return (int) (start / inner % count);
    }

    /** Counts the elements from {@code start} to the end of the run that it is in, at most {@code limit}. */
    int runLength(long start, int limit) {
        return (int) Math.min(limit, inner - start % inner);
    }

    /** Place within its group of element {@code start}. */
    int place(long start) {
        return (int) (start / (inner * count) * inner + start % inner);
    }

    private static long product(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }
}
