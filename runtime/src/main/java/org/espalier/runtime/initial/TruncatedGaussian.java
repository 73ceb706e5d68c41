package org.espalier.runtime.initial;

import org.espalier.runtime.kernel.memory.RandomStream;

/**
 * Draws normal numbers given that they are within bounds, by accepting and rejecting draws of a distribution that is
 * close to the wanted one (Robert, Simulation of truncated normal variables, Statistics and Computing 1995). At least
 * about half of the draws are accepted, wherever the bounds are.
 */
public final class TruncatedGaussian {
    /** Bounds on both sides of 0 that are farther apart have enough of the normal distribution between them. */
    private static final double WIDE = Math.sqrt(2 * Math.PI);

    private TruncatedGaussian() {}

    /** The next number of the standard normal distribution given that it is within the bounds. */
    public static double next(RandomStream random, double from, double to) {
        if (to < 0) {
            return -next(random, -to, -from);
        }
        if (from <= 0) {
            return to - from > WIDE ? ofNormal(random, from, to) : ofUniform(random, from, to, 0);
        }
        double root = Math.sqrt(from * from + 4);
        double narrow = from + 2 / (from + root) * Math.exp((from * from - from * root) / 4 + 0.5);
        return to > narrow ? ofExponential(random, from, to, (from + root) / 2) : ofUniform(random, from, to, from);
    }

    private static double ofNormal(RandomStream random, double from, double to) {
        while (true) {
            double drawn = random.nextGaussian();
            if (drawn >= from && drawn <= to) {
                return drawn;
            }
        }
    }

    /**
     * By numbers that are uniform within the bounds.
     *
     * @param mode where the density within the bounds is largest
     */
    private static double ofUniform(RandomStream random, double from, double to, double mode) {
        while (true) {
            double drawn = from + (to - from) * random.nextDouble();
            if (random.nextDouble() <= Math.exp((mode * mode - drawn * drawn) / 2)) {
                return drawn;
            }
        }
    }

    /**
     * By numbers that are exponential from the lower bound on, which is above 0.
     *
     * @param rate of the exponential distribution
     */
    private static double ofExponential(RandomStream random, double from, double to, double rate) {
        while (true) {
            double drawn = from - Math.log(1 - random.nextDouble()) / rate;
            double distance = drawn - rate;
            boolean accepted = random.nextDouble() <= Math.exp(-distance * distance / 2);
            if (accepted && drawn <= to) {
                return drawn;
            }
        }
    }
}
