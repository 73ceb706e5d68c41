package org.espalier.runtime.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Thrown where a data file or folder is not as it should be, or cannot be read or written. The message names it, what
 * was expected, and what was found.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * The message reads {@code path: expected …, found …}.
     *
     * @param path the file or folder
     * @param expected what should be there
     * @param found what is there
     */
    public DataException(Path path, String expected, String found) {
        this(path, expected, found, null);
    }

    /** The same message, with the exception that told. */
    public DataException(Path path, String expected, String found, @Nullable Throwable cause) {
        super(path + ": expected " + expected + ", found " + found, cause);
    }
}
