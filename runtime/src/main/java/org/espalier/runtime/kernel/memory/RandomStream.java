package org.espalier.runtime.kernel.memory;

/**
 * A stream of random bits that is a function of its seed and a position, so that any number of threads can draw their
 * parts of it and the result is the same, and so that a training run can go on where it stopped.
 *
 * <p>The bits at a position are SplitMix64's (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014). Not thread-safe: one network, one stream.
 */
public final class RandomStream {
    /** The odd fraction of the golden ratio by which SplitMix64 steps. */
    public static final long STEP = 0x9E3779B97F4A7C15L;

    private final long seed;
    private long position;

    /** A stream at its beginning. */
    public RandomStream(long seed) {
        this.seed = seed;
    }

    /** Returns the number of draws taken: with the seed, all that the next ones depend on. */
    public long state() {
        return position;
    }

    /** Goes to where the stream was when {@link #state()} said so. */
    public void state(long state) {
        position = state;
    }

    /** The next 64 bits. */
    public long nextLong() {
        return mix(take(1));
    }

    /** The next number, uniform in [0, 1), of 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** The next number, normal with mean 0 and variance 1 (Box and Muller, 1958); takes two draws. */
    public double nextGaussian() {
        double radius = Math.sqrt(-2 * Math.log(1 - nextDouble()));
        return radius * Math.cos(2 * Math.PI * nextDouble());
    }

    /**
     * Takes {@code count} draws at once: the i-th of them is {@code mix(take(count) + i * STEP)}.
     *
     * @return the state of the first
     */
    public long take(long count) {
        // The seed is mixed first: neighbouring seeds must not give the same stream, shifted.
        long first = mix(seed) + position * STEP;
        position += count;
        return first;
    }

    /** SplitMix64's output function. */
    public static long mix(long state) {
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /**
     * Tells whether the number in [0, 1) drawn in this state is below p; 24 bits of it are looked at, a float's
     * precision.
     */
    public static boolean isBelow(double p, long state) {
        return (mix(state) >>> 40) * 0x1.0p-24 < p;
    }
}
