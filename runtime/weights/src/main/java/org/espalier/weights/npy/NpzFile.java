package org.espalier.weights.npy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.espalier.weights.Excerpt;
import org.espalier.weights.NumberConversion;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorSource;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that NumPy's {@code savez} or {@code savez_compressed} wrote, by their names. Opening checks every header;
 * numbers are read when they are asked for.
 */
public final class NpzFile implements TensorSource {
    private static final String ENDING = ".npy";

    /** Bytes that one byte of a zip can become at most. */
    private static final long EXPANSION = 1032;

    private final Path path;
    private final ZipFile zip;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

    private NpzFile(Path path, ZipFile zip) {
        this.path = path;
        this.zip = zip;
    }

    /** Tells by the first bytes of a file if it is a zip. */
    public static boolean isBeginning(byte[] start) {
        return start.length >= 4 && start[0] == 'P' && start[1] == 'K';
    }

    /**
     * Opens a file.
     *
     * @throws WeightsFileException if it cannot be read, or has anything but arrays of numbers
     */
    // The zip lives as long as the file that is returned.
    public static NpzFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new WeightsFileException(
                    path, Files.exists(path) ? "is no regular file, not an NPZ file" : "there is no such file");
        }
        ZipFile zip;
        try {
            zip = new ZipFile(path.toFile());
        } catch (ZipException unfit) {
            throw new WeightsFileException(
                    path, "expected an NPZ file, a zip of arrays, found " + unfit.getMessage(), unfit);
        } catch (IOException unreadable) {
            throw WeightsFileException.of(path, "cannot be opened", unreadable);
        }
        NpzFile file = new NpzFile(path, zip);
        try {
            file.readHeaders();
            return file;
        } catch (RuntimeException failure) {
            file.close();
            throw failure;
        }
    }

    private void readHeaders() {
        for (ZipEntry entry : Collections.list(zip.entries())) {
            String file = entry.getName();
            if (!file.endsWith(ENDING)) {
                throw new WeightsFileException(path, "expected arrays alone, found '" + Excerpt.of(file) + "'");
            }
            String name = file.substring(0, file.length() - ENDING.length());
            NpyHeader header = read(entry, in -> NpyArray.header(in, entry.getSize()));
            if (entries.putIfAbsent(name, entry) != null) {
                throw new WeightsFileException(path, "has two arrays '" + Excerpt.of(name) + "'");
            }
            tensors.put(name, new TensorInfo(name, header.type(), header.shape()));
        }
    }

    /** Reads something of an entry. */
    private interface Reading<T> {
        T of(InputStream in) throws IOException;
    }

    private <T> T read(ZipEntry entry, Reading<T> reading) {
        String what = " in " + Excerpt.of(entry.getName());
        if (entry.getSize() / EXPANSION > entry.getCompressedSize()) {
            throw new WeightsFileException(
                    path, "expected a whole array" + what + ", found a size that its bytes cannot have");
        }
        try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
            return reading.of(in);
        } catch (NpyFormatException unfit) {
            throw new WeightsFileException(
                    path, "expected " + unfit.expected() + what + ", found " + unfit.found(), unfit);
        } catch (IOException unreadable) {
            throw new WeightsFileException(path, "cannot be read" + what + ": " + unreadable.getMessage(), unreadable);
        }
    }

    /** Returns an array. */
    public NpyArray array(String name) {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(path + " has no array '" + name + "'");
        }
        return read(entry, in -> NpyArray.read(in, entry.getSize()));
    }

    @Override
    public Path path() {
        return path;
    }

    /** Returns nothing: NPZ files say nothing about themselves. */
    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Collection<TensorInfo> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    @Override
    public @Nullable TensorInfo tensor(String name) {
        return tensors.get(name);
    }

    @Override
    public ByteBuffer numbers(String name) {
        return array(name).numbers();
    }

    @Override
    public void copy(String name, TensorType as, TensorFileWriter.Sink sink) throws IOException {
        NpyArray array = array(name);
        ByteBuffer converted;
        try {
            converted = NumberConversion.convert(array.numbers(), array.type(), as);
        } catch (ArithmeticException unfit) {
            throw new WeightsFileException(
                    path, tensors.get(name) + " cannot be read as " + as + ": " + unfit.getMessage(), unfit);
        }
        sink.accept(converted);
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException failure) {
            throw WeightsFileException.of(path, "cannot be closed", failure);
        }
    }
}
