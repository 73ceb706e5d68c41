package org.espalier.runtime;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays outside the Java heap that live until they are closed. */
final class OffHeap {
    private OffHeap() {}

    /** An array {@code [length]} of whatever the memory held. */
    // The scope is there for what opening and closing it does.
    @SuppressWarnings("try")
    static INDArray allocate(DataType type, long length) {
        // A caller may have an ND4J workspace open, whose arrays end with it.
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return length == 0 ? Nd4j.empty(type) : Nd4j.createUninitialized(type, length);
        }
    }

    /** An array {@code [length]} of zeros. */
    static INDArray zeros(DataType type, long length) {
        INDArray array = allocate(type, length);
        if (length > 0) {
            array.assign(0);
        }
        return array;
    }

    /** A part of a flat array, under a shape. */
    static INDArray view(INDArray flat, long offset, long[] shape) {
        return Nd4j.create(flat.data(), shape, strides(shape), flat.offset() + offset, 'c', flat.dataType());
    }

    /** Frees an array that {@link #allocate} made. */
    static void free(INDArray array) {
        if (!array.isEmpty()) {
            array.close();
        }
    }

    /** Distances between neighbours along each axis, without gaps, the last axis fastest. */
    static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }
}
