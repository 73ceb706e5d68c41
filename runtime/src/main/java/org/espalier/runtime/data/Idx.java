package org.espalier.runtime.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Files of bytes in the IDX format, in which MNIST comes: two zero bytes, 8 for unsigned bytes, the number of
 * dimensions, each dimension as a big-endian int, the data. Compressed by gzip or not.
 */
public final class Idx {
    private static final int UNSIGNED_BYTE = 8;

    private Idx() {}

    /**
     * Grey pictures.
     *
     * @return {@code [pictures, 1, height, width]}, values in [0, 1]
     * @throws DataException if the file cannot be read, is not such a file, breaks off or has bytes left over
     */
    public static INDArray images(Path file) {
        Content content = read(file, 3, "pictures [count, height, width]");
        int[] sizes = content.sizes;
        return array(content.bytes, 255, sizes[0], 1, sizes[1], sizes[2]);
    }

    /**
     * Class numbers.
     *
     * @return {@code [labels]}, whole numbers from 0
     * @throws DataException if the file cannot be read, is not such a file, breaks off or has bytes left over
     */
    public static INDArray labels(Path file) {
        Content content = read(file, 1, "labels [count]");
        return array(content.bytes, 1, content.sizes[0]);
    }

    private static INDArray array(byte[] bytes, float white, long... shape) {
        float[] values = new float[bytes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (bytes[i] & 0xFF) / white;
        }
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
        array.data().asNioFloat().put(0, values);
        return array;
    }

    private static final class Content {
        final int[] sizes;
        final byte[] bytes;

        Content(int[] sizes, byte[] bytes) {
            this.sizes = sizes;
            this.bytes = bytes;
        }
    }

    private static Content read(Path file, int dimensions, String what) {
        String expected = "an IDX file of " + what + " as unsigned bytes";
        try (DataInputStream in = new DataInputStream(open(DataFiles.read(file, expected)))) {
            int magic = UNSIGNED_BYTE << 8 | dimensions;
            int found = in.readInt();
            if (found != magic) {
                throw new DataException(
                        file,
                        String.format("%s (first four bytes %08X)", expected, magic),
                        String.format("%08X", found));
            }
            int[] sizes = sizes(file, in, dimensions);
            return new Content(sizes, data(file, in, sizes));
        } catch (EOFException e) {
            throw new DataException(file, expected, "one that breaks off", e);
        } catch (IOException e) {
            // Nothing but the decompression can fail: the file is in memory.
            throw new DataException(file, "an undamaged gzip file", String.valueOf(e.getMessage()), e);
        }
    }

    private static int[] sizes(Path file, DataInputStream in, int dimensions) throws IOException {
        int[] sizes = new int[dimensions];
        long length = 1;
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = in.readInt();
            length *= sizes[i];
            if (sizes[i] < 1 || length > Integer.MAX_VALUE) {
                throw new DataException(
                        file,
                        "sizes of at least 1, and at most " + Integer.MAX_VALUE + " bytes in all",
                        "sizes " + Arrays.toString(Arrays.copyOf(sizes, i + 1)));
            }
        }
        return sizes;
    }

    private static byte[] data(Path file, DataInputStream in, int[] sizes) throws IOException {
        int length = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new DataException(file, length + " bytes of data after the header", bytes.length + ": it breaks off");
        }
        if (in.read() >= 0) {
            throw new DataException(file, length + " bytes of data after the header", "more");
        }
        return bytes;
    }

    private static InputStream open(byte[] bytes) throws IOException {
        InputStream in = new ByteArrayInputStream(bytes);
        boolean gzip = bytes.length > 1 && (bytes[0] & 0xFF) == 0x1F && (bytes[1] & 0xFF) == 0x8B;
        return gzip ? new BufferedInputStream(new GZIPInputStream(in)) : in;
    }
}
