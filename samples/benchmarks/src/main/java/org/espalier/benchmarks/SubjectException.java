package org.espalier.benchmarks;

/** A subject could not be measured. */
final class SubjectException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SubjectException(String message) {
        super(message);
    }
}
