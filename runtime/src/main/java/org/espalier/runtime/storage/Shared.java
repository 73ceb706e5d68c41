package org.espalier.runtime.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array that a network hands out: made when it is first asked for, and anew if somebody has put another shape or
 * other memory into it since.
 */
public final class Shared {
    private final OffHeap memory;
    private final long offset;
    private final long[] shape;
    private @Nullable INDArray array;
    private @Nullable DataBuffer buffer;

    /** A part of the memory under a shape. */
    public Shared(OffHeap memory, long offset, long... shape) {
        this.memory = memory;
        this.offset = offset;
        this.shape = shape.clone();
    }

    /** The array, as it was made. */
    public INDArray get() {
        INDArray present = array;
        if (present == null || !isAsMade(present)) {
            present = memory.share(offset, shape.clone());
            array = present;
            buffer = present.data();
        }
        return present;
    }

    private boolean isAsMade(INDArray present) {
        return present.data() == buffer && Arrays.equals(present.shape(), shape) && Shapes.isContiguous(present);
    }

    /** Keeps it no longer than its users do. */
    public void forget() {
        array = null;
        buffer = null;
    }
}
