package org.espalier.runtime.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.espalier.runtime.kernel.memory.Indices;
import org.espalier.weights.TensorFile;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Buffers of whole numbers in a file: 64 bits each there, as PyTorch has them, and 32 in the network. */
final class WholeBuffers {
    private WholeBuffers() {}

    /** Tells whether an array is of whole numbers. */
    static boolean are(INDArray array) {
        return array.dataType() == DataType.INT32;
    }

    /** The elements of an array as a file has them. */
    static ByteBuffer bytes(INDArray array) {
        long[] elements = Indices.read(array);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(elements.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(elements);
        return bytes;
    }

    /**
     * Reads the elements of a tensor as an array has them.
     *
     * @param limit what each must be below, counted from 0
     * @throws WeightsFileException if one is not in that range
     */
    static void read(TensorFile file, TensorInfo tensor, int limit, Consumer<ByteBuffer> sink) {
        file.read(tensor.name(), TensorType.I64, given -> {
            ByteBuffer elements = ByteBuffer.allocate(given.remaining() / 2).order(ByteOrder.LITTLE_ENDIAN);
            while (given.hasRemaining()) {
                long element = given.getLong();
                if (element < 0 || element >= limit) {
                    throw new WeightsFileException(
                            file.path(),
                            tensor + " has " + element + ", but its elements must be from 0 to " + (limit - 1));
                }
                elements.putInt((int) element);
            }
            sink.accept(elements.flip());
        });
    }
}
