package org.espalier.runtime.kernel.convolution;

/**
 * The loops of {@link DepthwiseConvolution}: sums over the taps of a kernel, for all places of a plane at once. An
 * implementation is found as a {@link java.util.ServiceLoader} service; without one, {@link PlainTapSums} computes
 * them. Loops may go on to the next multiple of {@link #SLACK}, up to which all arrays reach.
 */
public interface TapSums {
    /** Floats of the longest vector of a processor: arrays go on to the next multiple behind their last place. */
    int SLACK = 16;

    /** Tells whether it works in this JVM. */
    boolean isAvailable();

    /**
     * Adds to[t] += Σ weights[first + k] · from[at[k] + t], for 0 ≤ t &lt; count.
     *
     * @param at where the first place's element for each tap lies
     */
    void add(float[] from, int[] at, float[] weights, int first, float[] to, int count);

    /**
     * Adds sums[first + k] += Σ from[at[k] + t] · with[t], for 0 ≤ t &lt; count.
     *
     * @param with is 0 behind {@code count}
     */
    void addProducts(float[] from, int[] at, float[] with, int count, double[] sums, int first);
}
