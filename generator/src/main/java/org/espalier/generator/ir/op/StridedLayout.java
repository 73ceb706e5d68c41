package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Arrangement of the elements of a value in memory: of each sample where there is a batch, whose axis is left out.
 *
 * @param offset of the first element
 * @param sizes of the axes
 * @param strides elements from one place of each axis to the next
 */
public record StridedLayout(long offset, List<Integer> sizes, List<Long> strides) {
    /** Copies the lists. */
    public StridedLayout {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
    }

    /** Elements one after the other, the last axis fastest. */
    public static StridedLayout of(List<Integer> sizes) {
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (int axis = sizes.size() - 1; axis >= 0; axis--) {
            strides.add(0, stride);
            stride *= sizes.get(axis);
        }
        return new StridedLayout(0, sizes, strides);
    }

    /** So many elements one after the other, from an offset on. */
    public static StridedLayout of(long offset, long elements) {
        return elements == 1
                ? new StridedLayout(offset, List.of(), List.of())
                : new StridedLayout(offset, List.of(Math.toIntExact(elements)), List.of(1L));
    }

    /** Counts the elements. */
    public long elements() {
        return sizes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Elements from the first to the last, with those between them that belong to others. */
    public long span() {
        long last = 0;
        for (int axis = 0; axis < sizes.size(); axis++) {
            last += (sizes.get(axis) - 1) * strides.get(axis);
        }
        return last + 1;
    }

    /** Tells whether the elements follow each other without gaps, the last axis fastest. */
    public boolean isContiguous() {
        return simplified().equals(of(offset, elements()));
    }

    /** Tells whether the rows or the columns of its matrices, the last two axes, are contiguous. */
    public boolean isOfMatrices() {
        int rank = sizes.size();
        return rank >= 2 && (isDense(rank - 1) || isDense(rank - 2));
    }

    private boolean isDense(int axis) {
        return sizes.get(axis) == 1 || strides.get(axis) == 1;
    }

    /** The same elements with the axes in another order. */
    public StridedLayout permuted(List<Integer> order) {
        return new StridedLayout(
                offset,
                order.stream().map(sizes::get).toList(),
                order.stream().map(strides::get).toList());
    }

    /** Some places of an axis. */
    public StridedLayout narrowed(int axis, int from, int size) {
        List<Integer> fewer = new ArrayList<>(sizes);
        fewer.set(axis, size);
        return new StridedLayout(offset + from * strides.get(axis), fewer, strides);
    }

    /** The same elements further on. */
    public StridedLayout shifted(long by) {
        return new StridedLayout(offset + by, sizes, strides);
    }

    /** The same elements in the same order under other sizes, where strides can say that. */
    public Optional<StridedLayout> reshaped(List<Integer> to) {
        StridedLayout from = simplified();
        int axis = from.sizes.size() - 1;
        long left = 1;
        long stride = 1;
        List<Long> found = new ArrayList<>();
        for (int i = to.size() - 1; i >= 0; i--) {
            int size = to.get(i);
            if (size > 1 && left == 1) {
                if (axis < 0) {
                    return Optional.empty();
                }
                left = from.sizes.get(axis);
                stride = from.strides.get(axis);
                axis--;
            }
            if (left % size != 0) {
                return Optional.empty();
            }
            found.add(0, stride);
            left /= size;
            stride *= size;
        }
        return axis >= 0 || left > 1 ? Optional.empty() : Optional.of(new StridedLayout(offset, to, found));
    }

    /** The same elements in the same order with as few axes as possible. */
    public StridedLayout simplified() {
        List<Integer> merged = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        for (int axis = 0; axis < sizes.size(); axis++) {
            int last = merged.size() - 1;
            int size = sizes.get(axis);
            long stride = strides.get(axis);
            if (last >= 0 && size > 1 && steps.get(last) == stride * size) {
                merged.set(last, merged.get(last) * size);
                steps.set(last, stride);
            } else if (size > 1) {
                merged.add(size);
                steps.add(stride);
            }
        }
        return new StridedLayout(offset, merged, steps);
    }

    /** Tells whether some element belongs to both. */
    public boolean overlaps(StridedLayout other) {
        long start = Math.max(offset, other.offset);
        long end = Math.min(offset + span(), other.offset + other.span());
        if (start >= end) {
            return false;
        }
        if (isContiguous() && other.isContiguous()) {
            return true;
        }
        BitSet mine = new BitSet();
        forEach(place -> mine.set(Math.toIntExact(place - offset)));
        boolean[] met = new boolean[1];
        other.forEach(place -> met[0] |= place >= offset && mine.get(Math.toIntExact(place - offset)));
        return met[0];
    }

    /** Visits the places of all elements in their order. */
    public void forEach(LongConsumer visitor) {
        visit(0, offset, visitor);
    }

    private void visit(int axis, long place, LongConsumer visitor) {
        if (axis == sizes.size()) {
            visitor.accept(place);
            return;
        }
        for (int i = 0; i < sizes.get(axis); i++) {
            visit(axis + 1, place + i * strides.get(axis), visitor);
        }
    }
}
