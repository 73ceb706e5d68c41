package org.espalier.weights;

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
}
