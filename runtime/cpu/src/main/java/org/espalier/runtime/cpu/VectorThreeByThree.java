package org.espalier.runtime.cpu;

import org.espalier.runtime.kernel.convolution.ThreeByThree;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Window;

/**
 * Convolutions by kernels of 3 × 3 elements by the Vector API, where vectors have eight floats or more: see
 * {@link VectorTiles}. This class does not touch the API, so that it can be loaded without.
 */
public final class VectorThreeByThree implements ThreeByThree {
    /** Floats of a vector below which a block of the product has too few. */
    private static final int LEAST_LANES = 8;

    /** Channels below which most of a vector, or of the transforms' work, would be for nothing. */
    private static final int LEAST_CHANNELS = 16;

    /** Kernel elements that columns of an image have for each channel. */
    private static final int TAPS = 9;

    /** Elements of a tile, of which it computes sixteen elements of the map. */
    private static final int FREQUENCIES = 36;

    /**
     * Measured cost of an element of V, M or N, of one of U, and of one of dU, in multiply-adds: that of its transforms
     * and of its way through memory.
     */
    private static final long COST_OF_TILE = 32;

    private static final long COST_OF_WEIGHT = 35;
    private static final long COST_OF_GRADIENT = 77;

    /**
     * Multiply-adds of tiles that take as long as {@code LESS} of columns: those of a BLAS are faster, and
     * {@code WinogradConvolution} does with fewer than all.
     */
    private static final long MORE = 9;

    private static final long LESS = 8;

    /** Floats of transformed weights above which they are not made: 64 MiB. */
    private static final long LARGE_WEIGHT = 1 << 24;

    /** Padding above which the image's gradient would be one of less than the whole map's. */
    private static final int MOST_PADDING = 2;

    /** For the service loader. */
    public VectorThreeByThree() {}

    @Override
    public boolean isAvailable() {
        return VectorApi.LANES >= LEAST_LANES;
    }

    @Override
    public boolean takes(Operand image, Operand map, Window window) {
        return isPadded(window) && pays(image.channels, map.channels, map.samples, map.height, map.width);
    }

    @Override
    public boolean takesWeight(Operand image, Operand map, Window window) {
        return isPadded(window) && paysForWeight(image.channels, map.channels, map.samples, map.height, map.width);
    }

    private static boolean isPadded(Window window) {
        return window.paddingHeight() <= MOST_PADDING && window.paddingWidth() <= MOST_PADDING;
    }

    /**
     * Tells whether it is faster for an image and a map of so many channels, and a map of so many samples and this
     * size.
     */
    static boolean pays(int in, int out, int samples, int height, int width) {
        return pays(in, out, samples, height, width, COST_OF_WEIGHT);
    }

    /** The same for the gradient of the weight. */
    static boolean paysForWeight(int in, int out, int samples, int height, int width) {
        return pays(in, out, samples, height, width, COST_OF_GRADIENT);
    }

    private static boolean pays(int in, int out, int samples, int height, int width, long costOfWeight) {
        long weights = (long) in * out;
        long tiles = (long) samples * ((height + 3) / 4) * ((width + 3) / 4);
        long places = (long) samples * height * width;
        long cost = FREQUENCIES * (tiles * (weights + COST_OF_TILE * (in + out)) + costOfWeight * weights);
        return Math.min(in, out) >= LEAST_CHANNELS
                && FREQUENCIES * weights <= LARGE_WEIGHT
                && MORE * cost < LESS * TAPS * places * weights;
    }

    @Override
    public Convolutions open() {
        VectorWarmUp.tiles();
        return new VectorTiles();
    }
}
