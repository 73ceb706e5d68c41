package org.espalier.runtime.data.npy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.espalier.runtime.data.DataException;
import org.espalier.weights.NumberConversion;
import org.espalier.weights.TensorType;
import org.espalier.weights.npy.NpyHeader;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes an array's numbers of those of an NPY file, a piece at a time. */
final class NpyNumbers {
    private final Path file;
    private final NpyHeader header;

    /** Of a file, for messages, with this header. */
    NpyNumbers(Path file, NpyHeader header) {
        this.file = file;
        this.header = header;
    }

    /** The type of the array that the numbers become. */
    DataType type() {
        return switch (header.type()) {
            case F64 -> DataType.DOUBLE;
            case F32, F16, BF16, F8_E4M3, F8_E5M2 -> DataType.FLOAT;
            case U64, I64, U32 -> DataType.INT64;
            case I32, I16, U16, I8, U8 -> DataType.INT32;
            case BOOL -> DataType.BOOL;
        };
    }

    /**
     * Writes numbers into an array without gaps.
     *
     * @param bytes whole numbers as the file has them
     * @param start which of the array's elements is the first
     */
    void put(ByteBuffer bytes, INDArray array, long start) {
        ByteBuffer given = header.littleEndian(bytes);
        int count = given.remaining() / header.type().bytes();
        Pointer memory = array.data().pointer();
        long place = array.offset() + start;
        switch (type()) {
            case FLOAT -> {
                float[] numbers = new float[count];
                converted(given, TensorType.F32, start).asFloatBuffer().get(numbers);
                new FloatPointer(memory).position(place).put(numbers);
            }
            case DOUBLE -> {
                double[] numbers = new double[count];
                given.asDoubleBuffer().get(numbers);
                new DoublePointer(memory).position(place).put(numbers);
            }
            case LONG -> {
                long[] numbers = new long[count];
                converted(given, TensorType.I64, start).asLongBuffer().get(numbers);
                new LongPointer(memory).position(place).put(numbers);
            }
            case INT -> {
                int[] numbers = new int[count];
                converted(given, TensorType.I32, start).asIntBuffer().get(numbers);
                new IntPointer(memory).position(place).put(numbers);
            }
            default -> {
                byte[] numbers = new byte[count];
                converted(given, TensorType.U8, start).get(numbers);
                new BytePointer(memory).position(place).put(numbers);
            }
        }
    }

    private ByteBuffer converted(ByteBuffer given, TensorType to, long start) {
        if (header.type() == to) {
            return given;
        }
        try {
            return NumberConversion.convert(given, header.type(), to);
        } catch (ArithmeticException unfit) {
            throw new DataException(
                    file,
                    "whole numbers that a long can hold",
                    unfit.getMessage() + ", among elements " + start + " and following",
                    unfit);
        }
    }
}
