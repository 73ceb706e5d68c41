package org.espalier.runtime.train;

/**
 * A number that follows training: a learning rate, or the λ of a term. It is a function of how far training is, so a
 * run that goes on from a checkpoint has the same numbers as one that was not stopped.
 *
 * <pre>
 *   Schedule.linear(0, 1e-4, 2).then(2, Schedule.cosine(1e-4, 0, 10))
 * </pre>
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The number at a point of training.
     *
     * @param epochs how many epochs are done: 0 at the start, 1.5 in the middle of the second
     */
    double at(double epochs);

    /** The same all the time. */
    static Schedule constant(double value) {
        return epochs -> value;
    }

    /**
     * From one number to another in a straight line, and then that: a warm-up, if it starts from 0.
     *
     * @param epochs how long it takes
     * @throws IllegalArgumentException if {@code epochs} is not above 0
     */
    static Schedule linear(double from, double to, double epochs) {
        requireLength(epochs);
        return done -> from + (to - from) * Math.min(1, done / epochs);
    }

    /**
     * From one number to another along half a wave, and then that (Loshchilov and Hutter, arXiv:1608.03983).
     *
     * @param epochs how long it takes
     * @throws IllegalArgumentException if {@code epochs} is not above 0
     */
    static Schedule cosine(double from, double to, double epochs) {
        requireLength(epochs);
        return done -> to + (from - to) * (1 + Math.cos(Math.PI * Math.min(1, done / epochs))) / 2;
    }

    /**
     * This one for a while, then another, which begins at its own start.
     *
     * @param epochs how long this one holds
     * @throws IllegalArgumentException if {@code epochs} is not above 0
     */
    default Schedule then(double epochs, Schedule next) {
        requireLength(epochs);
        return done -> done < epochs ? at(done) : next.at(done - epochs);
    }

    private static void requireLength(double epochs) {
        if (!(epochs > 0)) {
            throw new IllegalArgumentException("a schedule must take more than 0 epochs, but takes " + epochs);
        }
    }
}
