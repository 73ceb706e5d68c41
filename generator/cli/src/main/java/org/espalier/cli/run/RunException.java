package org.espalier.cli.run;

/**
 * Thrown where a network cannot be run as asked. The message says what was expected, what was found, and what to do.
 */
public final class RunException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says so. */
    public RunException(String message) {
        super(message);
    }

    /** Says so, with what told. */
    public RunException(String message, Throwable cause) {
        super(message, cause);
    }
}
