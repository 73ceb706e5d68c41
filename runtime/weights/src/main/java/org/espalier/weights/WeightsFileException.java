package org.espalier.weights;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * Thrown where a weights file could not be written, or is malformed, or does not fit the network. The message names the
 * file.
 */
public final class WeightsFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param file the file
     * @param problem what was expected and what was found
     */
    public WeightsFileException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /**
     * @param file the file
     * @param problem what was expected and what was found
     * @param cause what says more
     */
    public WeightsFileException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }

    /**
     * Says what the system refused in words: its own exceptions often have nothing but a path.
     *
     * @param file the file
     * @param problem as in {@code cannot be written}
     * @param cause what the system said
     */
    public static WeightsFileException of(Path file, String problem, IOException cause) {
        return new WeightsFileException(file, problem + ": " + reason(cause), cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileAlreadyExistsException taken) {
            return taken.getFile() + " is a file, not a folder";
        }
        String system = cause instanceof FileSystemException failure ? failure.getReason() : cause.getMessage();
        return system == null ? cause.getClass().getSimpleName() : system;
    }
}
