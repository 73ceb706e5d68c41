package org.espalier.runtime.cpu;

import java.nio.FloatBuffer;
import org.espalier.runtime.kernel.convolution.SmallConvolution;

/**
 * Convolutions by kernels of 5 × 5 elements by the Vector API, on processors with AVX-512: see {@link VectorWinograd}.
 * This class does not touch the API, so that it can be loaded without.
 */
public final class VectorConvolution implements SmallConvolution {
    /** Lanes for which the register block was measured. */
    private static final int LANES = 16;

    /**
     * Floats of transformed weights, and of a row of transformed tiles, up to which they stay in the cache: 512 KiB.
     */
    private static final long IN_CACHE = 1 << 17;

    /** Rows and columns of a map below which too much of its tiles lies outside. */
    private static final int LEAST = 8;

    /** Elements of a map's plane up to which what threads keep is small: some MiB. */
    private static final int LARGEST = 1 << 14;

    /** For the service loader. */
    public VectorConvolution() {}

    @Override
    public boolean isAvailable() {
        return VectorApi.LANES == LANES;
    }

    @Override
    public boolean takes(Shape shape) {
        long inputs = shape.inputs();
        return shape.kernelHeight() == 5
                && shape.kernelWidth() == 5
                && inputs >= LANES
                && shape.outputs() % (2 * LANES) == 0
                && Math.min(shape.mapHeight(), shape.mapWidth()) >= LEAST
                && (long) shape.mapHeight() * shape.mapWidth() <= LARGEST
                && 36 * inputs * shape.outputs() <= IN_CACHE
                && 36 * inputs * (shape.mapWidth() / 2 + 1) <= IN_CACHE;
    }

    @Override
    public Prepared prepare(FloatBuffer weight, Shape shape) {
        VectorWarmUp.convolution();
        return new VectorWinograd(weight, shape);
    }
}
