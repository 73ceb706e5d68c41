package org.espalier.runtime.data.npy;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.espalier.runtime.data.DataException;
import org.espalier.runtime.data.DataFiles;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.weights.npy.NpyFormatException;
import org.espalier.weights.npy.NpyHeader;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays that NumPy's {@code save}, {@code savez} and {@code savez_compressed} wrote. float16 and float32 become FLOAT,
 * float64 DOUBLE, bool BOOL, whole numbers of up to four bytes INT, uint32 and those of eight bytes LONG.
 *
 * <p>ND4J's own readers give a whole file to native code, which checks little of it; these check the header and the
 * length ahead, and use memory for the array and a piece of the file.
 */
public final class Npy {
    /** Numbers that are made at a time. */
    private static final int PIECE = 1 << 16;

    /** Beginning of the message about a file that is no array, but an archive of some. */
    private static final String ZIP = "'PK";

    /** Bytes that one byte of a zip can become at most. */
    private static final long EXPANSION = 1032;

    private Npy() {}

    /**
     * Reads an array.
     *
     * @throws DataException if the file cannot be read, is no NPY file of numbers, breaks off or has bytes left over
     */
    public static INDArray read(Path npy) {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(DataFiles.open(npy, "an array of NumPy")))) {
            return array(npy, "", in, Files.size(npy));
        } catch (EOFException e) {
            throw new DataException(npy, "a whole array of NumPy", "one that breaks off", e);
        } catch (IOException e) {
            throw DataFiles.unreadable(npy, "an array of NumPy", e);
        }
    }

    /**
     * Reads all arrays of an NPZ file, by their names.
     *
     * @throws DataException if the file cannot be read, or has anything but arrays of numbers
     */
    public static Map<String, INDArray> readAll(Path npz) {
        DataFiles.requireFile(npz, "an NPZ file");
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(npz.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName().replaceFirst("\\.npy$", "");
                String what = " in " + entry.getName();
                try (InputStream bytes = zip.getInputStream(entry);
                        DataInputStream in = new DataInputStream(new BufferedInputStream(bytes))) {
                    // What a zip says of sizes may be wrong; how much its bytes can become is not.
                    long most = Math.min(entry.getSize(), EXPANSION * entry.getCompressedSize());
                    arrays.put(name, array(npz, what, in, most));
                } catch (EOFException e) {
                    throw new DataException(npz, "a whole array of NumPy" + what, "one that breaks off", e);
                }
            }
        } catch (ZipException e) {
            String found = isArray(npz) ? "a single array, which Npy.read reads" : String.valueOf(e.getMessage());
            throw new DataException(npz, "an NPZ file, a zip of arrays", found, e);
        } catch (IOException e) {
            throw DataFiles.unreadable(npz, "an NPZ file", e);
        }
        return Collections.unmodifiableMap(arrays);
    }

    private static boolean isArray(Path file) {
        try (InputStream in = DataFiles.open(file, "an NPZ file")) {
            NpyHeader.read(in);
            return true;
        } catch (IOException other) {
            return false;
        }
    }

    /**
     * Examples whose rows are read from disk when a batch needs them, so that the files may be larger than memory: the
     * rows of one file are inputs, those of the other targets.
     *
     * @throws DataException if a file is no NPY file of numbers in C order, its length is not that of its shape, or the
     *     inputs are neither float nor double, nor whole numbers
     * @throws IllegalArgumentException if there is not a target for each input
     */
    public static Dataset dataset(Path inputs, Path targets) {
        return new NpyDataset(NpyFile.open(inputs), NpyFile.open(targets));
    }

    /**
     * Reads a header.
     *
     * @param what where in the file it is, for messages
     * @throws DataException if it is none, or its array has no elements
     */
    static NpyHeader header(Path file, String what, InputStream in) throws IOException {
        NpyHeader header;
        try {
            header = NpyHeader.read(in);
        } catch (NpyFormatException unfit) {
            String several = unfit.found().startsWith(ZIP) ? ", a zip of arrays, which Npy.readAll reads" : "";
            throw new DataException(file, unfit.expected() + what, unfit.found() + several, unfit);
        }
        if (header.length() == 0) {
            throw new DataException(
                    file, "an array with elements" + what, header.shape().toString());
        }
        return header;
    }

    /**
     * Reads an array to the end of a stream.
     *
     * @param most bytes that the stream can have, so that a header that says more takes no memory
     */
    private static INDArray array(Path file, String what, DataInputStream in, long most) throws IOException {
        NpyHeader header = header(file, what, in);
        if (header.numberBytes() > most - header.bytes()) {
            throw new DataException(file, "a whole array of NumPy" + what, "one that breaks off");
        }
        int width = header.type().bytes();
        long length = header.length();
        NpyNumbers numbers = new NpyNumbers(file, header);
        INDArray flat = NdArrays.detached(numbers.type(), length);
        byte[] piece = new byte[(int) Math.min(PIECE, length) * width];
        for (long start = 0; start < length; start += PIECE) {
            int bytes = (int) Math.min(PIECE, length - start) * width;
            in.readFully(piece, 0, bytes);
            numbers.put(ByteBuffer.wrap(piece, 0, bytes), flat, start);
        }
        if (in.read() >= 0) {
            throw new DataException(file, header.numberBytes() + " bytes of numbers" + what, "more");
        }
        return shaped(header, flat);
    }

    private static INDArray shaped(NpyHeader header, INDArray flat) {
        long[] sizes = sizes(header);
        if (!header.fortran()) {
            return flat.reshape('c', sizes);
        }
        long[] reversed = new long[header.shape().size()];
        int[] axes = new int[reversed.length];
        for (int axis = 0; axis < reversed.length; axis++) {
            axes[axis] = reversed.length - 1 - axis;
            reversed[axis] = sizes[axes[axis]];
        }
        return reversed.length < 2
                ? flat.reshape('c', sizes)
                : NdArrays.detachedCopy(flat.reshape('c', reversed).permute(axes));
    }

    /** Sizes of the axes, in an array of the caller's own. */
    static long[] sizes(NpyHeader header) {
        return header.shape().stream().mapToLong(Long::longValue).toArray();
    }
}
