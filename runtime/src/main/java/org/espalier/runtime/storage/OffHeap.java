package org.espalier.runtime.storage;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Numbers outside the Java heap, one behind the other.
 *
 * <p>The network itself works on {@link #view}s. What it gives out are {@link #share}d arrays: objects of their own, so
 * that whatever is done to them (closing, reshaping in place) does not touch the network's, over the same numbers. They
 * and all views made of them keep the memory, which {@link #free} then leaves to the garbage collector.
 */
public final class OffHeap {
    private final INDArray flat;

    /** Buffer that every shared array is a view of, directly or not, while there is one. */
    private WeakReference<DataBuffer> shared = new WeakReference<>(null);

    private OffHeap(INDArray flat) {
        this.flat = flat;
    }

    /** So many numbers, whatever the memory held. */
    public static OffHeap allocate(DataType type, long length) {
        if (length == 0) {
            return new OffHeap(Nd4j.empty(type));
        }
        Outliving.collectIfMuch();
        INDArray flat = NdArrays.detached(type, length);
        // A buffer that ND4J takes for a constant is not closed by anybody who gets hold of it.
        flat.data().setConstant(true);
        return new OffHeap(flat);
    }

    /** So many zeros. */
    public static OffHeap zeros(DataType type, long length) {
        OffHeap zeros = allocate(type, length);
        if (length > 0) {
            zeros.flat.assign(0);
        }
        return zeros;
    }

    /** All of them, for the network itself. */
    public INDArray flat() {
        return flat;
    }

    /** Returns the number of elements. */
    public long length() {
        return flat.length();
    }

    /** Their size in bytes. */
    public long bytes() {
        return length() * flat.dataType().width();
    }

    /** A part of them under a shape, for the network itself. */
    public INDArray view(long offset, long... shape) {
        return view(flat.data(), offset, shape, Strides.of(shape));
    }

    /** The same under strides. */
    public INDArray view(long offset, long[] shape, long[] strides) {
        return view(flat.data(), offset, shape, strides);
    }

    /** A part of them under a shape, to be given out. */
    public synchronized INDArray share(long offset, long... shape) {
        if (length() == 0) {
            return Nd4j.empty(flat.dataType());
        }
        DataBuffer buffer = shared.get();
        if (buffer == null) {
            buffer = Nd4j.createBuffer(flat.data(), 0, length());
            shared = new WeakReference<>(buffer);
        }
        return view(buffer, offset, shape, Strides.of(shape));
    }

    /** A part of a buffer, of which nothing lies outside: native code would not notice. */
    private static INDArray view(DataBuffer buffer, long offset, long[] shape, long[] strides) {
        long last = offset;
        for (int axis = 0; axis < shape.length; axis++) {
            last = Math.addExact(last, Math.multiplyExact(shape[axis] - 1, strides[axis]));
        }
        if (offset < 0 || last >= buffer.length()) {
            throw new IndexOutOfBoundsException("an array " + Arrays.toString(shape) + " at " + offset + " reaches to "
                    + last + " in memory of " + buffer.length() + " numbers");
        }
        return Nd4j.create(buffer, shape, strides, offset, 'c', buffer.dataType());
    }

    /** Tells whether an array that was given out begins in them. */
    public synchronized boolean holds(INDArray array) {
        if (shared.get() == null) {
            return false;
        }
        long start = flat.data().address();
        long address = NdArrays.address(array);
        return start <= address && address < start + bytes();
    }

    /** Frees them, or lets them be freed when no array that was given out can be reached any more. */
    public synchronized void free() {
        if (length() == 0) {
            return;
        }
        DataBuffer buffer = shared.get();
        if (buffer == null) {
            close(flat);
        } else {
            INDArray last = flat;
            Outliving.add(buffer, bytes(), () -> close(last));
        }
    }

    private static void close(INDArray flat) {
        flat.data().setConstant(false);
        flat.close();
    }
}
