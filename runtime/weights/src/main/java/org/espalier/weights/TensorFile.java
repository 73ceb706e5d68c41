package org.espalier.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file, open for reading: 8 bytes of little-endian length, a JSON header of that length, and the tensors'
 * numbers. Opening checks that it is complete: every tensor lies within the file, and they leave no gaps and do not
 * overlap.
 */
public final class TensorFile implements TensorSource {
    /** Bytes of the pieces in which tensors are read. */
    public static final int PIECE = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long dataStart;
    private final TensorHeader header;

    private TensorFile(Path path, FileChannel channel, long dataStart, TensorHeader header) {
        this.path = path;
        this.channel = channel;
        this.dataStart = dataStart;
        this.header = header;
    }

    /**
     * Opens a file.
     *
     * @throws WeightsFileException if it is not there, cannot be read, or is not a complete safetensors file
     */
    // The channel lives as long as the file that is returned.
    public static TensorFile open(Path path) {
        FileChannel channel;
        try {
            // A folder cannot be read, and a pipe would be waited for.
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new WeightsFileException(
                        path,
                        (Files.isDirectory(path) ? "is a folder" : "is no regular file") + ", not a weights file");
            }
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException missing) {
            throw new WeightsFileException(path, "there is no such file", missing);
        } catch (IOException unreadable) {
            throw WeightsFileException.of(path, "cannot be opened", unreadable);
        }
        try {
            return open(path, channel);
        } catch (IOException | RuntimeException failure) {
            try {
                channel.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            if (failure instanceof WeightsFileException unfit) {
                throw unfit;
            }
            throw new WeightsFileException(path, "cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static TensorFile open(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new WeightsFileException(
                    path, "is not a complete weights file: it has " + size + " bytes, a header alone has more");
        }
        long length = read(path, channel, 0, Long.BYTES).getLong();
        if (length < 0 || length > TensorHeader.LONGEST) {
            throw new WeightsFileException(
                    path,
                    "is not a safetensors file: its first 8 bytes should be the header's length, at most "
                            + TensorHeader.LONGEST + ", but are " + Long.toUnsignedString(length));
        }
        if (length > TensorHeader.LONGEST_READ) {
            throw new WeightsFileException(
                    path,
                    "has a header of " + length + " bytes; at most " + TensorHeader.LONGEST_READ
                            + " are read, which is more than 100,000 tensors need");
        }
        if (length > size - Long.BYTES) {
            throw new WeightsFileException(
                    path,
                    "is truncated: its header should have " + length + " bytes, but only " + (size - Long.BYTES)
                            + " follow");
        }
        byte[] json = new byte[(int) length];
        read(path, channel, Long.BYTES, json.length).get(json);
        long dataStart = Long.BYTES + length;
        return new TensorFile(path, channel, dataStart, TensorHeader.parse(path, json, size - dataStart));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** Its tensors, in the order of their names in the header. */
    @Override
    public Collection<TensorInfo> tensors() {
        return header.places().values().stream().map(TensorHeader.Place::tensor).toList();
    }

    @Override
    public @Nullable TensorInfo tensor(String name) {
        TensorHeader.Place place = header.places().get(name);
        return place == null ? null : place.tensor();
    }

    /**
     * The numbers of a tensor, little-endian.
     *
     * @throws WeightsFileException if they cannot be read, or are more than 2 GiB
     * @throws IllegalArgumentException if there is no such tensor
     */
    public ByteBuffer read(String name) {
        long bytes = place(name).tensor().bytes();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new WeightsFileException(
                    path, place(name).tensor() + " has more than 2 GiB, which can be read only piece by piece");
        }
        return piece(place(name).begin(), (int) bytes);
    }

    /**
     * Reads the numbers of a tensor, little-endian, in pieces of {@link #PIECE} bytes, of which the last may be
     * shorter.
     *
     * @param sink takes each piece, which is its own to keep
     * @throws WeightsFileException if they cannot be read
     * @throws IllegalArgumentException if there is no such tensor
     */
    public void read(String name, Consumer<ByteBuffer> sink) {
        TensorHeader.Place place = place(name);
        for (long at = place.begin(); at < place.end(); at += PIECE) {
            sink.accept(piece(at, (int) Math.min(PIECE, place.end() - at)));
        }
    }

    /**
     * Reads the numbers of a tensor, converted, in pieces.
     *
     * @param as the format that they are converted to
     * @param sink takes each piece, little-endian, which is its own to keep
     * @throws WeightsFileException if they cannot be read, or one cannot be converted
     * @throws IllegalArgumentException if there is no such tensor
     */
    public void read(String name, TensorType as, Consumer<ByteBuffer> sink) {
        TensorInfo tensor = place(name).tensor();
        read(name, piece -> sink.accept(converted(tensor, as, piece)));
    }

    @Override
    public void copy(String name, TensorType as, TensorFileWriter.Sink sink) throws IOException {
        TensorHeader.Place place = place(name);
        for (long at = place.begin(); at < place.end(); at += PIECE) {
            sink.accept(converted(place.tensor(), as, piece(at, (int) Math.min(PIECE, place.end() - at))));
        }
    }

    private ByteBuffer converted(TensorInfo tensor, TensorType as, ByteBuffer piece) {
        try {
            return tensor.type() == as ? piece : NumberConversion.convert(piece, tensor.type(), as);
        } catch (ArithmeticException unfit) {
            throw new WeightsFileException(
                    path, tensor + " cannot be read as " + as + ": " + unfit.getMessage(), unfit);
        }
    }

    /**
     * Maps the numbers of a tensor into memory: the system reads them when they are looked at, and may forget them
     * again. They stay when the file is closed, and must not change meanwhile.
     *
     * @return the numbers, little-endian, which cannot be written
     * @throws WeightsFileException if they cannot be mapped, or are more than 2 GiB
     * @throws IllegalArgumentException if there is no such tensor
     */
    public ByteBuffer map(String name) {
        TensorHeader.Place place = place(name);
        long bytes = place.tensor().bytes();
        if (bytes > Integer.MAX_VALUE) {
            throw new WeightsFileException(
                    path, place.tensor() + " has more than 2 GiB, which cannot be mapped at once");
        }
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, dataStart + place.begin(), bytes)
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException unreadable) {
            throw WeightsFileException.of(path, "cannot be mapped", unreadable);
        }
    }

    /** Maps them. */
    @Override
    public ByteBuffer numbers(String name) {
        return map(name);
    }

    private TensorHeader.Place place(String name) {
        TensorHeader.Place place = header.places().get(name);
        if (place == null) {
            throw new IllegalArgumentException(path + " has no tensor '" + name + "'");
        }
        return place;
    }

    private ByteBuffer piece(long begin, int bytes) {
        try {
            return read(path, channel, dataStart + begin, bytes);
        } catch (IOException unreadable) {
            throw WeightsFileException.of(path, "cannot be read", unreadable);
        }
    }

    private static ByteBuffer read(Path path, FileChannel channel, long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw new WeightsFileException(path, "became shorter while it was read");
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw WeightsFileException.of(path, "cannot be closed", failure);
        }
    }
}
