package org.espalier.runtime.cpu;

import org.espalier.runtime.kernel.convolution.TapSums;

/**
 * Sums over the taps of convolutions of single channels by the Vector API: see {@link VectorTapLoops}. This class does
 * not touch the API, so that it can be loaded without.
 */
public final class VectorTapSums implements TapSums {
    /** For the service loader. */
    public VectorTapSums() {}

    @Override
    public boolean isAvailable() {
        return VectorApi.LANES > 1 && SLACK % VectorApi.LANES == 0;
    }

    @Override
    public void add(float[] from, int[] at, float[] weights, int first, float[] to, int count) {
        VectorWarmUp.taps();
        VectorTapLoops.add(from, at, weights, first, to, count);
    }

    @Override
    public void addProducts(float[] from, int[] at, float[] with, int count, double[] sums, int first) {
        VectorWarmUp.taps();
        VectorTapLoops.addProducts(from, at, with, count, sums, first);
    }
}
