package org.espalier.runtime.data.augment;

/**
 * Rule for inputs that are missing, NaN, as {@code TableReader} reads them.
 *
 * @param kind what is done
 * @param value what a constant is
 */
public record Missing(Kind kind, double value) {
    /** Kinds of rules. */
    public enum Kind {
        /** Refused. */
        ERROR,
        /** The mean of the feature over the training data. */
        MEAN,
        /** A number given, in the feature's own unit. */
        CONSTANT
    }

    /**
     * Checks the constant.
     *
     * @throws IllegalArgumentException if it is infinite or NaN
     */
    public Missing {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("expected a finite number for what is missing, found " + value);
        }
    }

    /** Missing numbers are refused. */
    public static Missing error() {
        return new Missing(Kind.ERROR, 0);
    }

    /** A missing number is the mean of its feature over the training data. */
    public static Missing mean() {
        return new Missing(Kind.MEAN, 0);
    }

    /** A missing number is this one, in the feature's own unit. */
    public static Missing constant(double value) {
        return new Missing(Kind.CONSTANT, value);
    }
}
