package org.espalier.training.job;

/** A job cannot be done as it was asked for; the message tells the user why, and what to do. */
final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JobException(String message) {
        super(message);
    }
}
