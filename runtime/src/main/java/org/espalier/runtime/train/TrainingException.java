package org.espalier.runtime.train;

import org.jspecify.annotations.Nullable;

/**
 * Thrown where training stops before its end. The message says where and why, which files have what was done until
 * then, and how to go on; the cause is what was thrown.
 */
public final class TrainingException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    TrainingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
