package org.espalier.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file of named tensors, open for reading. */
public interface TensorSource extends AutoCloseable {
    /** Returns the file's path. */
    Path path();

    /** Returns the file's metadata, texts by name. */
    Map<String, String> metadata();

    /** Its tensors, in the order of the file. */
    Collection<TensorInfo> tensors();

    /** A tensor by its name, or null. */
    @Nullable
    TensorInfo tensor(String name);

    /**
     * The numbers of a tensor, little-endian.
     *
     * @throws WeightsFileException if they cannot be read, or are more than 2 GiB
     * @throws IllegalArgumentException if there is no such tensor
     */
    ByteBuffer numbers(String name);

    /**
     * Writes the numbers of a tensor, converted, to where a writer wants them.
     *
     * @param as the format that they are converted to
     * @throws IOException if they cannot be written
     * @throws WeightsFileException if they cannot be read, or one cannot be converted
     * @throws IllegalArgumentException if there is no such tensor
     */
    void copy(String name, TensorType as, TensorFileWriter.Sink sink) throws IOException;

    /** Closes the file. */
    @Override
    void close();
}
