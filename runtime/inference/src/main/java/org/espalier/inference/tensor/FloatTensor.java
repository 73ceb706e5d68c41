package org.espalier.inference.tensor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A tensor of floats in a part of an array. One with a batch has samples that each lie in one piece, a fixed number of
 * elements apart; one without has a single piece.
 */
public final class FloatTensor {
    /** In place of elements of which there is a packed copy that all readers read. */
    private static final float[] PACKED_AWAY = {};

    private float[] data;

    /** The place of the first element. */
    public final int offset;
    /** Tells whether there is a batch axis. */
    public final boolean batched;

    /** Samples, 1 without a batch axis. */
    public final int samples;

    /** Elements from one sample to the next, which are more than a sample has where it is a part of another tensor. */
    public final int stride;

    /** Sizes of the axes behind the batch axis. */
    public final int[] sizes;

    /** Elements of a sample. */
    public final int elements;

    /** Elements from one to the next along each axis of a sample. */
    private final int[] steps;

    /** Weights as kernels have packed them for themselves, by what they have packed them for. */
    private volatile Map<Object, float[][]> packings = Map.of();

    private boolean isShared;

    private FloatTensor(float[] data, int offset, boolean batched, int samples, int stride, int[] sizes, int[] steps) {
        this.data = data;
        this.offset = offset;
        this.batched = batched;
        this.samples = samples;
        this.stride = stride;
        this.sizes = sizes;
        this.steps = steps;
        this.elements = product(sizes);
    }

    /** The elements' array; an empty one in place of weights that have been packed and are not shared. */
    public float[] data() {
        return data;
    }

    /** The product of sizes, which must be one of {@code int}. */
    public static int product(int... sizes) {
        int product = 1;
        for (int size : sizes) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }

    /** Values without a batch axis: weights. */
    public static FloatTensor of(float[] data, int... sizes) {
        return new FloatTensor(data, 0, false, 1, data.length, sizes, dense(sizes));
    }

    /** Samples that lie one after the other. */
    public static FloatTensor batch(float[] data, int offset, int samples, int... sizes) {
        return new FloatTensor(data, offset, true, samples, product(sizes), sizes, dense(sizes));
    }

    /** A part of an array, without a batch axis. */
    public static FloatTensor fixed(float[] data, int offset, int... sizes) {
        return new FloatTensor(data, offset, false, 1, product(sizes), sizes, dense(sizes));
    }

    /** The same elements under another shape. */
    public FloatTensor view(int... newSizes) {
        return new FloatTensor(data, offset, batched, samples, stride, newSizes, dense(newSizes));
    }

    /** The elements that follow so many others in each sample. */
    public FloatTensor part(int from, int... newSizes) {
        return new FloatTensor(data, offset + from, batched, samples, stride, newSizes, dense(newSizes));
    }

    /** Elements that lie apart, which products alone can read and write. */
    public FloatTensor strided(int from, int[] newSteps, int... newSizes) {
        return new FloatTensor(data, offset + from, batched, samples, stride, newSizes, newSteps);
    }

    private static int[] dense(int... sizes) {
        int[] steps = new int[sizes.length];
        int step = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            steps[i] = step;
            step *= sizes[i];
        }
        return steps;
    }

    /** Returns where a matrix of the last two axes begins, counted over the axes before them. */
    public int matrix(int sample, int number) {
        int rest = number;
        int at = at(sample);
        for (int axis = sizes.length - 3; axis >= 0; axis--) {
            at += rest % sizes[axis] * steps[axis];
            rest /= sizes[axis];
        }
        return at;
    }

    /** The step along an axis, counted from the last one, which is 1. */
    public int step(int fromLast) {
        return steps[steps.length - fromLast];
    }

    /** Returns where a sample begins. */
    public int at(int sample) {
        return offset + sample * stride;
    }

    /** Tells whether all elements lie in one piece. */
    public boolean isDense() {
        return samples == 1 || stride == elements;
    }

    /** The size of an axis, counted as in specifications: the batch is axis 0 where there is one. */
    public int size(int axis) {
        return batched ? (axis == 0 ? samples : sizes[axis - 1]) : sizes[axis];
    }

    /** The size of the last axis. */
    public int last() {
        return sizes[sizes.length - 1];
    }

    /** Returns a copy of all elements. */
    public float[] toArray() {
        if (isDense()) {
            return Arrays.copyOfRange(data, offset, offset + samples * elements);
        }
        float[] copy = new float[samples * elements];
        for (int n = 0; n < samples; n++) {
            System.arraycopy(data, at(n), copy, n * elements, elements);
        }
        return copy;
    }

    /** Marks weights that more than one operation reads. Those of one are kept only as it has packed them. */
    public FloatTensor shared() {
        isShared = true;
        return this;
    }

    /**
     * Returns the elements as a kernel reads them, packed when they are first asked for.
     *
     * @param use what they are packed for; equal uses have one packing
     */
    public float[][] packed(Object use, Supplier<float[][]> pack) {
        float[][] before = packings.get(use);
        return before == null ? packedFirst(use, pack) : before;
    }

    private synchronized float[][] packedFirst(Object use, Supplier<float[][]> pack) {
        float[][] before = packings.get(use);
        if (before != null) {
            return before;
        }
        if (data == PACKED_AWAY) {
            throw new IllegalStateException(this + " was packed for one use and is asked for by another: " + use);
        }
        float[][] packed = pack.get();
        Map<Object, float[][]> all = new HashMap<>(packings);
        all.put(use, packed);
        packings = Map.copyOf(all);
        if (!isShared) {
            data = PACKED_AWAY;
        }
        return packed;
    }

    /** {@code [16, 1, 3, 3]}. */
    @Override
    public String toString() {
        String text = Arrays.toString(sizes);
        return batched ? "[" + samples + (sizes.length == 0 ? "" : ", ") + text.substring(1) : text;
    }
}
