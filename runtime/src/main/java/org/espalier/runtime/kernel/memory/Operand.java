package org.espalier.runtime.kernel.memory;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array as kernels see it: samples along the first axis, each contiguous in 'c' order, with any distance between
 * them (a slice of channels of a larger array has one larger than the sample). Kernels that follow strides take others
 * as well.
 *
 * <p>Making one costs about a microsecond, as much as a kernel of a small network, while generated classes pass the
 * same arrays in every step. So an {@link OperandCache} remembers the last ones made.
 */
public final class Operand {
    private static final OperandCache CACHE = new OperandCache();

    private final WeakReference<INDArray> array;

    /** The array's memory and shape, for {@link #recheck}. */
    private final WeakReference<DataBuffer> buffer;

    /** ND4J's description: the rank, the size of each axis, the stride of each, and more. */
    private final long[] shape;

    private final boolean contiguousSamples;

    /** Address of its first element. */
    public final long address;

    public final boolean isFloat;

    /** The first axis, 1 for a scalar. */
    public final int samples;

    /** The second axis, 1 if there is none. */
    public final int channels;

    /** Slices of a volume [batch, channels, depth, height, width], else 1. */
    public final int depth;

    /** Rows of all slices: the product of the axes between the channels and the last, 1 if there are none. */
    public final int height;

    /** The last axis of those behind the channels, 1 if there are none. */
    public final int width;

    /** Elements of one sample. */
    public final int sampleSize;

    /** Elements from the start of one sample to the start of the next. */
    public final int sampleStride;

    /** The memory from the first element to the last, if of floats. */
    private final @Nullable FloatBuffer floats;

    /** The same, if of doubles. */
    private final @Nullable DoubleBuffer doubles;

    /**
     * The operand of an array whose samples are contiguous.
     *
     * @throws IllegalArgumentException if the array is neither FLOAT nor DOUBLE, not contiguous within its samples, or
     *     larger than a buffer can be
     * @throws IllegalStateException if the array was closed
     */
    public static Operand of(INDArray array) {
        Operand operand = strided(array);
        if (!operand.contiguousSamples) {
            throw new IllegalArgumentException(
                    "arrays must be contiguous in 'c' order within each sample, but one of shape "
                            + Arrays.toString(array.shape()) + " has strides " + Arrays.toString(array.stride())
                            + "; pass array.dup('c')");
        }
        return operand;
    }

    /**
     * The operand of an array of any strides, for kernels that ask for {@link #stride} of each axis.
     *
     * @throws IllegalArgumentException if the array is neither FLOAT nor DOUBLE, or larger than a buffer can be
     * @throws IllegalStateException if the array was closed
     */
    public static Operand strided(INDArray array) {
        if (array.wasClosed()) {
            throw new IllegalStateException("the array was closed; use arrays before their network is closed");
        }
        return CACHE.of(array);
    }

    /** Forgets what is remembered of an array if its owner has given it other memory or another shape since. */
    static void recheck(INDArray array) {
        CACHE.recheck(array);
    }

    /** Tells whether it is that of an array. */
    boolean isOf(INDArray other) {
        return array.refersTo(other);
    }

    /** Tells whether its array has the memory and the shape that it had when this was made. */
    boolean isCurrent(INDArray same) {
        return buffer.refersTo(same.data()) && shape == same.shapeInfoJava();
    }

    /** Looks at an array. */
    Operand(INDArray array) {
        DataType type = array.dataType();
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException("kernels compute on FLOAT and DOUBLE arrays, but this is " + type);
        }
        this.array = new WeakReference<>(array);
        this.buffer = new WeakReference<>(array.data());
        this.shape = array.shapeInfoJava();
        isFloat = type == DataType.FLOAT;
        int rank = array.rank();
        samples = axis(array, 0);
        channels = axis(array, 1);
        depth = rank > 4 ? axis(array, 2) : 1;
        width = rank > 2 ? axis(array, rank - 1) : 1;
        long elements = array.length();
        sampleSize = Math.toIntExact(elements / Math.max(1, samples));
        height = sampleSize / Math.max(1, channels * width);
        long stride = samples > 1 ? array.stride(0) : sampleSize;
        contiguousSamples = hasContiguousSamples(array, rank);
        long span = samples == 0 ? 0 : (samples - 1) * stride + sampleSpan(array, rank);
        long bytes = span * type.width();
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("an array of shape " + Arrays.toString(array.shape()) + " spans " + bytes
                    + " bytes, more than the 2 GiB that a kernel can address; use smaller batches");
        }
        sampleStride = Math.toIntExact(stride);
        address = NdArrays.address(array);
        ByteBuffer memory = ForeignMemory.buffer(address, bytes);
        floats = isFloat ? memory.asFloatBuffer() : null;
        doubles = isFloat ? null : memory.asDoubleBuffer();
    }

    private static int axis(INDArray array, int axis) {
        return axis < array.rank() ? Math.toIntExact(array.size(axis)) : 1;
    }

    private static boolean hasContiguousSamples(INDArray array, int rank) {
        long expected = 1;
        for (int axis = rank - 1; axis >= 1; axis--) {
            if (array.size(axis) != 1 && array.stride(axis) != expected) {
                return false;
            }
            expected *= array.size(axis);
        }
        return true;
    }

    /** Elements from the first of a sample to the last. */
    private static long sampleSpan(INDArray array, int rank) {
        long last = 0;
        for (int axis = 1; axis < rank; axis++) {
            last += (array.size(axis) - 1) * array.stride(axis);
        }
        return last + 1;
    }

    /** Number of axes. */
    public int rank() {
        return (int) shape[0];
    }

    /** The size of an axis. */
    public int size(int axis) {
        return Math.toIntExact(shape[1 + axis]);
    }

    /** Elements from one place of an axis to the next. */
    public int stride(int axis) {
        return Math.toIntExact(shape[1 + rank() + axis]);
    }

    /** Elements of all samples. */
    public int size() {
        return samples * sampleSize;
    }

    /** Tells whether no gap is between the samples. */
    public boolean isContiguous() {
        return samples <= 1 || sampleStride == sampleSize;
    }

    /** Copies {@code count} elements from a place, in elements from the first, to the start of {@code to}. */
    public void get(int from, float[] to, int count) {
        floats().get(from, to, 0, count);
    }

    /** Copies the first {@code count} elements of {@code from} to a place, in elements from the first. */
    public void put(int to, float[] from, int count) {
        floats().put(to, from, 0, count);
    }

    /** Copies as many elements as {@code to} has from a place, in elements from the first; of either type. */
    public void get(int from, double[] to) {
        if (doubles != null) {
            doubles.get(from, to);
            return;
        }
        for (int i = 0; i < to.length; i++) {
            to[i] = floats().get(from + i);
        }
    }

    /** Copies all of {@code from} to a place, in elements from the first; to either type. */
    public void put(int to, double[] from) {
        if (doubles != null) {
            doubles.put(to, from);
            return;
        }
        for (int i = 0; i < from.length; i++) {
            floats().put(to + i, (float) from[i]);
        }
    }

    /** The memory from the first element to the last of an array of floats. */
    public FloatBuffer floats() {
        FloatBuffer buffer = floats;
        if (buffer == null) {
            throw new IllegalArgumentException("a FLOAT array was expected, but this is DOUBLE");
        }
        return buffer;
    }

    /** All elements, in 'c' order. */
    public double[] read() {
        double[] values = new double[size()];
        for (int sample = 0; sample < samples; sample++) {
            int from = sample * sampleStride;
            int to = sample * sampleSize;
            if (doubles != null) {
                doubles.get(from, values, to, sampleSize);
            } else {
                for (int i = 0; i < sampleSize; i++) {
                    values[to + i] = floats().get(from + i);
                }
            }
        }
        return values;
    }

    /** Sets all elements, given in 'c' order. */
    public void write(double[] values) {
        for (int sample = 0; sample < samples; sample++) {
            int from = sample * sampleSize;
            int to = sample * sampleStride;
            if (doubles != null) {
                doubles.put(to, values, from, sampleSize);
            } else {
                for (int i = 0; i < sampleSize; i++) {
                    floats().put(to + i, (float) values[from + i]);
                }
            }
        }
    }

    /** Sets all elements, given in 'c' order, or adds to them. */
    public void write(double[] values, boolean accumulate) {
        if (accumulate) {
            double[] sum = read();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[i];
            }
            write(sum);
        } else {
            write(values);
        }
    }
}
