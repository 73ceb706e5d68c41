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

    /**
     * Writes numbers into an array without gaps.
     *
     * @param bytes whole numbers as the file has them
     * @param start which of the array's elements is the first
     */
    void put(ByteBuffer bytes, INDArray array, long start) {
        bytes.order(header.order());
        int count = bytes.remaining() / header.width();
        Pointer memory = array.data().pointer();
        long place = array.offset() + start;
        switch (header.type()) {
            case FLOAT -> new FloatPointer(memory).position(place).put(floats(bytes, count));
            case DOUBLE -> {
                double[] numbers = new double[count];
                bytes.asDoubleBuffer().get(numbers);
                new DoublePointer(memory).position(place).put(numbers);
            }
            case LONG -> {
                long[] numbers = new long[count];
                for (int i = 0; i < count; i++) {
                    numbers[i] = whole(bytes);
                    if (numbers[i] < 0 && header.kind() == 'u') {
                        throw new DataException(
                                file,
                                "whole numbers that a long can hold",
                                Long.toUnsignedString(numbers[i]) + " as element " + (start + i));
                    }
                }
                new LongPointer(memory).position(place).put(numbers);
            }
            case INT -> {
                int[] numbers = new int[count];
                for (int i = 0; i < count; i++) {
                    numbers[i] = (int) whole(bytes);
                }
                new IntPointer(memory).position(place).put(numbers);
            }
            default -> {
                byte[] numbers = new byte[count];
                for (int i = 0; i < count; i++) {
                    numbers[i] = (byte) (bytes.get() == 0 ? 0 : 1);
                }
                new BytePointer(memory).position(place).put(numbers);
            }
        }
    }

    private float[] floats(ByteBuffer bytes, int count) {
        float[] numbers = new float[count];
        if (header.width() == 4) {
            bytes.asFloatBuffer().get(numbers);
        } else {
            for (int i = 0; i < count; i++) {
                numbers[i] = half(bytes.getShort());
            }
        }
        return numbers;
    }

    /** IEEE 754's binary16. */
    private static float half(short bits) {
        int exponent = (bits >> 10) & 0x1F;
        int fraction = bits & 0x3FF;
        float magnitude = exponent == 0
                ? fraction * 0x1p-24f
                : exponent == 0x1F
                        ? (fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
                        : Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
        return bits < 0 ? -magnitude : magnitude;
    }

    /** The next whole number. */
    private long whole(ByteBuffer bytes) {
        boolean signed = header.kind() == 'i';
        return switch (header.width()) {
            case 1 -> signed ? bytes.get() : Byte.toUnsignedLong(bytes.get());
            case 2 -> signed ? bytes.getShort() : Short.toUnsignedLong(bytes.getShort());
            case 4 -> signed ? bytes.getInt() : Integer.toUnsignedLong(bytes.getInt());
            default -> bytes.getLong();
        };
    }
}
