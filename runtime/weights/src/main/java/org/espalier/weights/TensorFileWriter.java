package org.espalier.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects named tensors and writes them to a safetensors file. */
public final class TensorFileWriter {
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<TensorInfo, Body> bodies = new LinkedHashMap<>();

    /** Writes the numbers of one tensor. */
    public interface Body {
        /** Gives all numbers to {@code sink}, little-endian, in as many pieces as it likes. */
        void writeTo(Sink sink) throws IOException;
    }

    /** Takes pieces of a tensor. */
    public interface Sink {
        /** Writes what remains of {@code piece}. */
        void accept(ByteBuffer piece) throws IOException;
    }

    /** Has the file say something about itself. */
    public TensorFileWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor; its numbers are asked for when the file is written.
     *
     * @throws IllegalArgumentException if it was added before
     */
    public TensorFileWriter add(TensorInfo tensor, Body body) {
        if (bodies.putIfAbsent(tensor, body) != null) {
            throw new IllegalArgumentException("the name '" + Excerpt.of(tensor.name()) + "' is taken");
        }
        return this;
    }

    /**
     * Writes the file, complete or not at all, in place of an older one if need be.
     *
     * @throws WeightsFileException if that fails, or if the file is there and no safetensors file; it is then as it was
     * @throws IllegalArgumentException if two tensors have the same name
     */
    public void write(Path file) {
        TensorHeader header = TensorHeader.of(metadata, List.copyOf(bodies.keySet()));
        byte[] json = header.toJson();
        if (json.length > TensorHeader.LONGEST_READ) {
            throw new WeightsFileException(
                    file,
                    "cannot be written: its header would have " + json.length + " bytes, and at most "
                            + TensorHeader.LONGEST_READ + " are read; give it fewer or shorter names and metadata");
        }
        requireReplaceable(file);
        try {
            AtomicFile.write(file, channel -> write(channel, header, json));
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be written", failure);
        }
    }

    /**
     * Refuses to overwrite what is no safetensors file.
     *
     * @throws WeightsFileException if there is a file of another kind, or one that cannot be read
     */
    public static void requireReplaceable(Path file) {
        try {
            AtomicFile.requireReplaceable(file, "a safetensors file", TensorFileWriter::isBeginning);
        } catch (IOException failure) {
            throw WeightsFileException.of(file, "cannot be written", failure);
        }
    }

    /** Tells whether a file begins with the length of a header, and the header as it must. */
    private static boolean isBeginning(byte[] start) {
        if (start.length <= Long.BYTES) {
            return false;
        }
        long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return length >= 0 && length <= TensorHeader.LONGEST && start[Long.BYTES] == '{';
    }

    private void write(FileChannel channel, TensorHeader header, byte[] json) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + json.length).order(ByteOrder.LITTLE_ENDIAN);
        writeAll(channel, start.putLong(json.length).put(json).flip());
        for (TensorHeader.Place place : header.places().values()) {
            Body body = bodies.get(place.tensor());
            if (body != null) {
                body.writeTo(piece -> writeAll(channel, piece));
            }
            long expected = Long.BYTES + json.length + place.end();
            if (channel.position() != expected) {
                throw new IllegalStateException(
                        place.tensor() + " should end at byte " + expected + ", but ended at " + channel.position());
            }
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
