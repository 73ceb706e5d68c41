package org.espalier.weights.npy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.weights.AtomicFile;
import org.espalier.weights.NumberConversion;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;

/**
 * An array of NumPy in memory.
 *
 * @param type format of the numbers
 * @param shape sizes of the axes, the last one fastest
 * @param numbers little-endian
 */
public record NpyArray(TensorType type, List<Long> shape, ByteBuffer numbers) {
    /**
     * Checks that there are as many numbers as the shape says.
     *
     * @throws IllegalArgumentException if not
     */
    public NpyArray {
        shape = List.copyOf(shape);
        if (shape.stream().reduce((long) type.bytes(), Math::multiplyExact) != numbers.remaining()) {
            throw new IllegalArgumentException(numbers.remaining() + " bytes for " + type + " of shape " + shape);
        }
        numbers = numbers.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Floats with their shape. */
    public static NpyArray of(float[] numbers, List<Long> shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return new NpyArray(TensorType.F32, shape, bytes);
    }

    /** The numbers from the first on, little-endian. */
    @Override
    public ByteBuffer numbers() {
        return numbers.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The numbers in another format, little-endian.
     *
     * @throws ArithmeticException if one is not a number of that format
     */
    public ByteBuffer as(TensorType other) {
        return NumberConversion.convert(numbers(), type, other);
    }

    /**
     * Reads an NPY file.
     *
     * @throws WeightsFileException if it cannot be read, or is none of numbers, or is not as long as its shape
     */
    public static NpyArray read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new WeightsFileException(
                    file, Files.exists(file) ? "is no regular file, not an array of NumPy" : "there is no such file");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in, Files.size(file));
        } catch (NpyFormatException unfit) {
            throw new WeightsFileException(file, "expected " + unfit.expected() + ", found " + unfit.found(), unfit);
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be read", failure);
        }
    }

    /**
     * Reads an array that takes all of a stream. Memory is taken for what is there, whatever the header says.
     *
     * @param size bytes of the stream
     */
    static NpyArray read(InputStream in, long size) throws IOException {
        NpyHeader header = header(in, size);
        if (header.numberBytes() > Integer.MAX_VALUE - 8) {
            throw new NpyFormatException("an array of at most 2 GiB", header.numberBytes() + " bytes");
        }
        byte[] bytes = in.readNBytes((int) header.numberBytes());
        if (bytes.length < header.numberBytes() || in.read() >= 0) {
            throw new NpyFormatException(
                    header.numberBytes() + " bytes of numbers", bytes.length < header.numberBytes() ? "fewer" : "more");
        }
        ByteBuffer numbers = header.littleEndian(ByteBuffer.wrap(bytes));
        return new NpyArray(header.type(), header.shape(), header.fortran() ? turned(header, numbers) : numbers);
    }

    /** Reads the header of an array that takes all of a stream of so many bytes. */
    static NpyHeader header(InputStream in, long size) throws IOException {
        NpyHeader header;
        try {
            header = NpyHeader.read(in);
        } catch (EOFException e) {
            throw new NpyFormatException("a whole array of NumPy", "one that breaks off");
        }
        if (size - header.bytes() != header.numberBytes()) {
            throw new NpyFormatException(
                    header.numberBytes() + " bytes of numbers for the shape " + header.shape(),
                    String.valueOf(size - header.bytes()));
        }
        return header;
    }

    /** Numbers with the first axis fastest, put with the last one fastest. */
    private static ByteBuffer turned(NpyHeader header, ByteBuffer numbers) {
        int width = header.type().bytes();
        int rank = header.shape().size();
        int[] steps = new int[rank];
        int step = width;
        for (int axis = 0; axis < rank; axis++) {
            steps[axis] = step;
            step *= header.shape().get(axis).intValue();
        }
        ByteBuffer result = ByteBuffer.allocate(numbers.remaining());
        int[] place = new int[rank];
        int from = 0;
        while (result.hasRemaining()) {
            result.put(numbers.slice(from, width));
            for (int axis = rank - 1; axis >= 0; axis--) {
                from += steps[axis];
                if (++place[axis] < header.shape().get(axis)) {
                    break;
                }
                from -= steps[axis] * place[axis];
                place[axis] = 0;
            }
        }
        return result.flip();
    }

    /**
     * Writes an NPY file, whole or not at all, in place of an older one if need be.
     *
     * @throws WeightsFileException if that fails, or if the file is there and no NPY file; it is then as it was
     */
    public void write(Path file) {
        requireReplaceable(file);
        byte[] header = NpyHeader.write(type, shape);
        try {
            AtomicFile.write(file, channel -> {
                for (ByteBuffer part : new ByteBuffer[] {ByteBuffer.wrap(header), numbers()}) {
                    while (part.hasRemaining()) {
                        channel.write(part);
                    }
                }
            });
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be written", failure);
        }
    }

    /**
     * Refuses to overwrite what is no NPY file.
     *
     * @throws WeightsFileException if there is a file of another kind, or one that cannot be read
     */
    public static void requireReplaceable(Path file) {
        try {
            AtomicFile.requireReplaceable(file, "an NPY file", NpyHeader::isBeginning);
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be written", failure);
        }
    }
}
