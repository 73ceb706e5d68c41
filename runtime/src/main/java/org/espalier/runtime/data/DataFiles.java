package org.espalier.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.weights.AtomicFile;

/** Reads and writes whole files. */
final class DataFiles {
    private DataFiles() {}

    /**
     * The file's content.
     *
     * @param expected what the file should be, for the message
     * @throws DataException if it is missing or cannot be read
     */
    static byte[] read(Path file, String expected) {
        try (InputStream in = open(file, expected)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(file, expected, e);
        }
    }

    /**
     * Opens the file for reading.
     *
     * @param expected what the file should be, for the message
     * @throws DataException if it is missing or cannot be read
     */
    static InputStream open(Path file, String expected) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file, expected, Files.exists(file) ? "no regular file" : "nothing there");
        }
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(file, expected, e);
        }
    }

    static DataException unreadable(Path file, String expected, IOException cause) {
        return new DataException(file, expected, "a file that cannot be read (" + cause + ")", cause);
    }

    /**
     * Writes or replaces a file, whole or not at all, and makes its folders.
     *
     * @throws DataException if that fails
     */
    static void write(Path file, byte[] content) {
        try {
            AtomicFile.write(file, content);
        } catch (IOException e) {
            throw new DataException(file, "a place to write to", e.toString(), e);
        }
    }
}
