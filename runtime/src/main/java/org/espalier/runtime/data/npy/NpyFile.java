package org.espalier.runtime.data.npy;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.DataFiles;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.weights.TensorType;
import org.espalier.weights.npy.NpyHeader;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An NPY file whose rows are read one by one. */
final class NpyFile {
    private final Path file;
    private final NpyHeader header;
    private final NpyNumbers numbers;
    private final long rowLength;
    private @Nullable FileChannel channel;

    private NpyFile(Path file, NpyHeader header) {
        this.file = file;
        this.header = header;
        this.numbers = new NpyNumbers(file, header);
        this.rowLength = header.length() / header.shape().get(0);
    }

    static NpyFile open(Path file) {
        String expected = "an array of NumPy";
        try (DataInputStream in = new DataInputStream(DataFiles.open(file, expected))) {
            NpyHeader header = Npy.header(file, "", in);
            if (header.shape().isEmpty() || (header.fortran() && header.shape().size() > 1)) {
                throw new DataException(
                        file,
                        "an array of rows in C order, whose first axis is the examples",
                        header.fortran() ? "Fortran order; np.ascontiguousarray makes it so" : "a single number");
            }
            long length = header.bytes() + header.numberBytes();
            long found = Files.size(file);
            if (found != length) {
                throw new DataException(file, length + " bytes for its shape " + header.shape(), found + "");
            }
            return new NpyFile(file, header);
        } catch (EOFException e) {
            throw new DataException(file, "a whole array of NumPy", "one that breaks off", e);
        } catch (IOException e) {
            throw DataFiles.unreadable(file, expected, e);
        }
    }

    /** Number of rows. */
    long rows() {
        return header.shape().get(0);
    }

    /** Tells whether its elements are conditions. */
    boolean isOfTruths() {
        return header.type() == TensorType.BOOL;
    }

    Path path() {
        return file;
    }

    /** An array for so many rows. */
    INDArray empty(int count) {
        long[] shape = Npy.sizes(header);
        shape[0] = count;
        return NdArrays.detached(numbers.type(), shape);
    }

    /**
     * Reads a row into one of an array.
     *
     * @throws DataException if that fails
     */
    void read(long row, INDArray array, int slot) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(rowLength * header.type().bytes()));
        long start = header.bytes() + row * bytes.capacity();
        try {
            FileChannel open = channel();
            while (bytes.hasRemaining()) {
                if (open.read(bytes, start + bytes.position()) < 0) {
                    throw new DataException(file, "row " + row + " as when it was opened", "a file that ends before");
                }
            }
        } catch (IOException e) {
            throw DataFiles.unreadable(file, "row " + row + " of an array of NumPy", e);
        }
        numbers.put(bytes.flip(), array, slot * rowLength);
    }

    /** Opens the file again, if an interrupt closed it; the garbage collector closes it in the end. */
    private synchronized FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            open = FileChannel.open(file, StandardOpenOption.READ);
            channel = open;
        }
        return open;
    }
}
