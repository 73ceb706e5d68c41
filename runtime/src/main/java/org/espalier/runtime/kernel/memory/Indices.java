package org.espalier.runtime.kernel.memory;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays of whole numbers, read and written all at once. */
public final class Indices {
    private Indices() {}

    /**
     * The elements of an array, in 'c' order.
     *
     * @param array INT or LONG, of any strides
     */
    public static long[] read(INDArray array) {
        INDArray dense = NdArrays.detachedCopy(array);
        long[] elements = new long[Math.toIntExact(dense.length())];
        ByteBuffer memory = memory(dense);
        if (dense.dataType() == DataType.INT64) {
            memory.asLongBuffer().get(elements);
        } else {
            int[] numbers = new int[elements.length];
            memory.asIntBuffer().get(numbers);
            for (int i = 0; i < numbers.length; i++) {
                elements[i] = numbers[i];
            }
        }
        dense.close();
        return elements;
    }

    /** Sets the elements of an INT array without gaps, in 'c' order. */
    public static void write(long[] elements, INDArray array) {
        int[] numbers = new int[elements.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.toIntExact(elements[i]);
        }
        memory(array).asIntBuffer().put(numbers);
    }

    /** The elements of an INT array without gaps, in 'c' order. */
    public static int[] of(INDArray array) {
        int[] numbers = new int[Math.toIntExact(array.length())];
        memory(array).asIntBuffer().get(numbers);
        return numbers;
    }

    /** The memory of an INT array without gaps, in 'c' order, which it does not keep. */
    public static IntBuffer view(INDArray array) {
        return memory(array).asIntBuffer();
    }

    private static ByteBuffer memory(INDArray array) {
        long bytes = Math.toIntExact(array.length() * array.dataType().width());
        return ForeignMemory.buffer(NdArrays.address(array), bytes);
    }
}
