package org.espalier.runtime.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.bytedeco.javacpp.FloatPointer;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Files of bytes in the IDX format, in which MNIST comes: two zero bytes, 8 for unsigned bytes, the number of
 * dimensions, each dimension as a big-endian int, the data. Compressed by gzip or not.
 */
public final class Idx {
    private static final int UNSIGNED_BYTE = 8;

    /** Bytes of the longest array. */
    private static final int MOST = Integer.MAX_VALUE - 8;

    /** Values that are made at a time. */
    private static final int PIECE = 1 << 16;

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
        INDArray array = NdArrays.detached(DataType.FLOAT, shape);
        FloatPointer place = new FloatPointer(array.data().pointer());
        float[] values = new float[Math.min(bytes.length, PIECE)];
        for (int start = 0; start < bytes.length; start += values.length) {
            int count = Math.min(values.length, bytes.length - start);
            for (int i = 0; i < count; i++) {
                values[i] = (bytes[start + i] & 0xFF) / white;
            }
            place.position(start).put(values, 0, count);
        }
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
        try (InputStream bytes = new BufferedInputStream(DataFiles.open(file, expected));
                DataInputStream in = new DataInputStream(decompressed(bytes))) {
            int magic = UNSIGNED_BYTE << 8 | dimensions;
            int found = in.readInt();
            if (found != magic) {
                throw new DataException(
                        file,
                        String.format("%s (first four bytes %08X)", expected, magic),
                        String.format("%08X", found) + other(found));
            }
            int[] sizes = sizes(file, in, dimensions);
            return new Content(sizes, data(file, in, sizes));
        } catch (EOFException e) {
            throw new DataException(file, expected, "one that breaks off", e);
        } catch (ZipException e) {
            throw new DataException(file, "an undamaged gzip file", String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw DataFiles.unreadable(file, expected, e);
        }
    }

    /** Advice, where one kind of file was taken for the other. */
    private static String other(int magic) {
        return switch (magic) {
            case UNSIGNED_BYTE << 8 | 1 -> ": labels, which Idx.labels reads";
            case UNSIGNED_BYTE << 8 | 3 -> ": pictures, which Idx.images reads";
            default -> "";
        };
    }

    private static int[] sizes(Path file, DataInputStream in, int dimensions) throws IOException {
        int[] sizes = new int[dimensions];
        long length = 1;
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = in.readInt();
            length *= sizes[i];
            if (sizes[i] < 1 || length > MOST) {
                throw new DataException(
                        file,
                        "sizes of at least 1, and at most " + MOST + " bytes in all",
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

    private static InputStream decompressed(InputStream bytes) throws IOException {
        bytes.mark(2);
        boolean gzip = bytes.read() == 0x1F && bytes.read() == 0x8B;
        bytes.reset();
        return gzip ? new BufferedInputStream(new GZIPInputStream(bytes)) : bytes;
    }
}
