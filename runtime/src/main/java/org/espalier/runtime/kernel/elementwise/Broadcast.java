package org.espalier.runtime.kernel.elementwise;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operand as large as a result: repeated along the axes that it does not have, or has one element along. Its first
 * axis lies along a given axis of the result, as the weight of a channel lies along axis 1 of an image.
 */
public final class Broadcast {
    private final Operand operand;
    private final int[] sizes;
    private final int[] strides;
    private final boolean batched;

    /** True if it is as large as the result, so that its blocks can be read where they lie. */
    private final boolean whole;

    /** The elements of a repeated operand of floats. */
    private float[] floats = {};

    /** Elements of the operand that belong to one sample of the result; all, if samples share them. */
    private final int sampleSize;

    /**
     * An operand along a result.
     *
     * @throws IllegalArgumentException if a size is neither the result's nor 1
     */
    public Broadcast(INDArray array, int axis, INDArray result) {
        int rank = result.rank();
        operand = Operand.of(array);
        batched = axis == 0 && array.rank() > 0 && array.size(0) == result.size(0) && array.rank() == rank;
        sizes = new int[Math.max(0, rank - 1)];
        strides = new int[sizes.length];
        int stride = 1;
        for (int at = rank - 1; at >= 1; at--) {
            sizes[at - 1] = Math.toIntExact(result.size(at));
            int own = at - axis;
            int size = own >= 0 && own < array.rank() ? Math.toIntExact(array.size(own)) : 1;
            if (size != 1 && size != sizes[at - 1]) {
                throw new IllegalArgumentException("an operand of shape " + Arrays.toString(array.shape())
                        + " along axis " + axis + " does not fit a result of shape "
                        + Arrays.toString(result.shape()));
            }
            strides[at - 1] = size == 1 ? 0 : stride;
            stride *= size;
        }
        sampleSize = stride;
        whole = batched && Arrays.equals(array.shape(), result.shape());
    }

    /** Tells whether it is as large as the result, and so not repeated. */
    boolean isWhole() {
        return whole;
    }

    /** Returns the number of elements of the operand. */
    int size() {
        return operand.size();
    }

    /** Reads an operand of floats, if it is repeated: {@link #fill} takes its elements from there again and again. */
    Broadcast read() {
        if (!whole) {
            floats = new float[operand.size()];
            float[] sample = new float[operand.sampleSize];
            for (int i = 0; i < operand.samples; i++) {
                operand.get(i * operand.sampleStride, sample, operand.sampleSize);
                System.arraycopy(sample, 0, floats, i * operand.sampleSize, operand.sampleSize);
            }
        }
        return this;
    }

    /** All elements, in 'c' order. */
    double[] doubles() {
        return operand.read();
    }

    /** Sets all elements, or adds to them. */
    void write(double[] values, boolean accumulate) {
        operand.write(values, accumulate);
    }

    private int base(int sample) {
        return batched ? sample * sampleSize : 0;
    }

    /** The operand's elements for a block of the result, of floats that have been {@link #read}. */
    void fill(int sample, int from, float[] block, int count) {
        if (whole) {
            operand.get(sample * operand.sampleStride + from, block, count);
            return;
        }
        forEach(sample, from, count, (at, place, step, length) -> {
            if (step == 0) {
                Arrays.fill(block, at, at + length, floats[place]);
            } else {
                System.arraycopy(floats, place, block, at, length);
            }
        });
    }

    /** Repeats elements of the operand into a block of the result. */
    void fill(double[] values, int sample, int from, double[] block, int count) {
        forEach(sample, from, count, (at, place, step, length) -> {
            if (step == 0) {
                Arrays.fill(block, at, at + length, values[place]);
            } else {
                System.arraycopy(values, place, block, at, length);
            }
        });
    }

    /** Adds the elements of a block of the result up where the operand has them. */
    void add(double[] sums, int sample, int from, float[] block, int count) {
        forEach(sample, from, count, (at, place, step, length) -> {
            for (int i = 0; i < length; i++) {
                sums[place + step * i] += block[at + i];
            }
        });
    }

    /** The same on doubles. */
    void add(double[] sums, int sample, int from, double[] block, int count) {
        forEach(sample, from, count, (at, place, step, length) -> {
            for (int i = 0; i < length; i++) {
                sums[place + step * i] += block[at + i];
            }
        });
    }

    /** Elements of a block along the last axis. */
    public interface Run {
        /**
         * Is called for each.
         *
         * @param at where it begins in the block
         * @param place where it begins in the operand
         * @param step 1, or 0 if the operand is repeated along it
         * @param length its elements
         */
        void visit(int at, int place, int step, int length);
    }

    /** Visits the elements of a block along the last axis, run by run. */
    public void forEach(int sample, int from, int count, Run run) {
        int axes = sizes.length;
        int[] coordinates = new int[axes];
        int place = base(sample);
        int rest = from;
        for (int axis = axes - 1; axis >= 0; axis--) {
            coordinates[axis] = rest % sizes[axis];
            rest /= sizes[axis];
            place += coordinates[axis] * strides[axis];
        }
        int last = axes - 1;
        int at = 0;
        while (at < count) {
            int length = last < 0 ? count : Math.min(count - at, sizes[last] - coordinates[last]);
            run.visit(at, place, last < 0 ? 0 : strides[last], length);
            at += length;
            if (at < count) {
                place = next(coordinates, place);
            }
        }
    }

    /** Goes on behind a run that ends with the last axis. */
    private int next(int[] coordinates, int place) {
        int to = place;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            to -= strides[axis] * coordinates[axis];
            coordinates[axis] = 0;
            if (axis > 0 && coordinates[axis - 1] + 1 < sizes[axis - 1]) {
                coordinates[axis - 1]++;
                return to + strides[axis - 1];
            }
        }
        return to;
    }
}
