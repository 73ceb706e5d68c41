package org.espalier.weights.npy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.espalier.weights.AtomicFile;
import org.espalier.weights.Excerpt;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorType;
import org.espalier.weights.WeightsFileException;

/** Collects named arrays and writes them to an NPZ file, as NumPy's {@code savez} does. */
public final class NpzWriter {
    /** The first moment of zips; the same arrays become the same bytes. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, TensorFileWriter.Body> bodies = new LinkedHashMap<>();

    /** The format that numbers of another are written in without a loss: NumPy has none of bfloat16 and of 8 bits. */
    public static TensorType written(TensorType type) {
        return switch (type) {
            case BF16, F8_E4M3, F8_E5M2 -> TensorType.F32;
            default -> type;
        };
    }

    /**
     * Adds an array; its numbers are asked for when the file is written.
     *
     * @throws IllegalArgumentException if the name is taken, or NumPy has no such numbers
     */
    public NpzWriter add(TensorInfo tensor, TensorFileWriter.Body body) {
        if (written(tensor.type()) != tensor.type()) {
            throw new IllegalArgumentException("NumPy has no numbers of " + tensor.type());
        }
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
            throw new IllegalArgumentException("the name '" + Excerpt.of(tensor.name()) + "' is taken");
        }
        bodies.put(tensor.name(), body);
        return this;
    }

    /** Adds an array. */
    public NpzWriter add(String name, NpyArray array) {
        return add(new TensorInfo(name, array.type(), array.shape()), sink -> sink.accept(array.numbers()));
    }

    /**
     * Writes the file, whole or not at all, in place of an older one if need be.
     *
     * @throws WeightsFileException if that fails, or if the file is there and no NPZ file; it is then as it was
     */
    public void write(Path file) {
        requireReplaceable(file);
        try {
            AtomicFile.write(file, this::write);
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be written", failure);
        }
    }

    /**
     * Refuses to overwrite what is no NPZ file.
     *
     * @throws WeightsFileException if there is a file of another kind, or one that cannot be read
     */
    public static void requireReplaceable(Path file) {
        try {
            AtomicFile.requireReplaceable(file, "an NPZ file", NpzFile::isBeginning);
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be written", failure);
        }
    }

    // The channel is closed by who opened it.
    private void write(FileChannel channel) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16));
        zip.setLevel(Deflater.NO_COMPRESSION);
        WritableByteChannel sink = Channels.newChannel(zip);
        for (TensorInfo tensor : tensors.values()) {
            ZipEntry entry = new ZipEntry(tensor.name() + ".npy");
            entry.setTimeLocal(TIME);
            zip.putNextEntry(entry);
            zip.write(NpyHeader.write(tensor.type(), tensor.shape()));
            TensorFileWriter.Body body = bodies.get(tensor.name());
            if (body != null) {
                body.writeTo(piece -> {
                    while (piece.hasRemaining()) {
                        sink.write(piece);
                    }
                });
            }
            zip.closeEntry();
        }
        zip.finish();
        zip.flush();
    }
}
