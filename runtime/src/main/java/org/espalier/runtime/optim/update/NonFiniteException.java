package org.espalier.runtime.optim.update;

/**
 * Thrown instead of learning from a loss or a gradient that is infinite or NaN, before any weight or anything that the
 * optimizer keeps has changed. Training can go on with the next batch.
 */
public final class NonFiniteException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final String subject;
    private final double value;

    /**
     * @param subject what is not finite: {@code the loss}
     * @param network whose it is
     * @param value infinite or NaN
     * @param rest the end of the message, which says what has not been done and what to do
     */
    public NonFiniteException(String subject, String network, double value, String rest) {
        super(subject + " of " + network + " is " + value + rest);
        this.subject = subject;
        this.value = value;
    }

    /** Returns the name of what is not finite: {@code the loss}, {@code the gradient by conv.weight[0, 3]}. */
    public String subject() {
        return subject;
    }

    /** Infinite or NaN. */
    public double value() {
        return value;
    }
}
