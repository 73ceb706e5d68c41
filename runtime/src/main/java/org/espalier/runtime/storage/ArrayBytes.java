package org.espalier.runtime.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads and writes the memory of arrays without gaps as bytes, little-endian as on every platform that ND4J runs on.
 */
public final class ArrayBytes {
    private ArrayBytes() {}

    /** All of an array. The bytes do not keep its memory. */
    public static ByteBuffer of(INDArray array) {
        return of(array, 0, Math.toIntExact(array.length()));
    }

    /** {@code count} elements of an array from {@code start} on. The bytes do not keep its memory. */
    public static ByteBuffer of(INDArray array, long start, int count) {
        int width = array.dataType().width();
        return new BytePointer(array.data().pointer())
                .getPointer((array.offset() + start) * width)
                .capacity((long) count * width)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
