package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.window.Window;

/**
 * Convolutions on floats by {@link Winograd}'s algorithms: kernels of 3 × 3 elements that move by one, and of 4 × 4
 * that move by two. The latter are sums of correlations with 2 × 2 weights over four phases of the image, the elements
 * of its rows and columns of one parity: so an image of C channels is one of 4·C.
 *
 * <p>The map is cut into tiles of m × m elements, of which each sees 4 × 4 elements of a phase. With a row of V for
 * each channel and phase of the image, a row of M for each channel of the map, and a column for each tile, the
 * transformed tiles, maps and weights are 16 matrices each, and what {@link FloatConvolution} says of the columns,
 * holds of them:
 *
 * <pre>
 *   M = U · V      V = Uᵀ · M      U = M · Vᵀ
 * </pre>
 *
 * <p>They take 16 multiplications for each tile where columns take 36, but their transforms cost something for each
 * element, and U is larger than the weight: {@link #pays} weighs that.
 */
final class WinogradConvolution {
    private static final int FREQUENCIES = Winograd.SIZE * Winograd.SIZE;

    /**
     * Measured cost of an element of V or M, and of one of U, in multiply-adds of a matrix product: that of its
     * transforms and of its way through memory.
     */
    private static final long COST_OF_TILE = 20;

    private static final long COST_OF_WEIGHT = 64;

    /** Floats of U above which it is not made: 64 MiB. */
    private static final long LARGE_WEIGHT = 1 << 24;

    /** Products for each thread, if they can be cut into so many, since threads take them as they come. */
    private static final int PRODUCTS_PER_THREAD = 4;

    /** Rows of a product that are not cut any further. */
    private static final int FEW_ROWS = 64;

    private final Gemm gemm;
    private final Operand map;
    private final Workspace workspace;
    private final WinogradTiles tiles;
    private final int rowsAtOnce;
    private final int samplesAtOnce;

    /** Rows of U and M, and columns of U, which are rows of V. */
    private final int outputs;

    private final int inputs;

    /** Offsets in the workspace of the first matrices of U, V and M. */
    private final int offsetU;

    private final int offsetV;
    private final int offsetM;

    WinogradConvolution(
            Gemm gemm, ConvolutionTuning tuning, Operand image, Operand map, Window window, Workspace workspace) {
        this.gemm = gemm;
        this.map = map;
        this.workspace = workspace;
        Winograd algorithm = window.strideHeight() == 1 ? Winograd.THREE_TAPS : Winograd.TWO_TAPS;
        int stride = window.strideHeight();
        inputs = image.channels * stride * stride;
        outputs = map.channels;
        int down = ceiling(map.height, algorithm.outputs());
        int across = ceiling(map.width, algorithm.outputs());
        int atOnce = Math.max(1, tuning.tilesSize() / (FREQUENCIES * (inputs + outputs)));
        int bands = ceiling(down, Math.max(1, Math.min(down, atOnce / across)));
        rowsAtOnce = ceiling(down, bands);
        samplesAtOnce = Math.max(1, Math.min(map.samples, atOnce / (down * across)));
        int columns = samplesAtOnce * rowsAtOnce * across;
        offsetU = 0;
        offsetV = Workspace.aligned((long) FREQUENCIES * outputs * inputs);
        offsetM = offsetV + Workspace.aligned((long) FREQUENCIES * inputs * columns);
        FloatBuffer memory = workspace.reserve(offsetM + (long) FREQUENCIES * outputs * columns);
        tiles = new WinogradTiles(algorithm, image, map, window, memory);
    }

    private static int ceiling(int a, int b) {
        return (a + b - 1) / b;
    }

    /**
     * Tells whether a convolution is one of these, and faster so: whether the multiplications that are saved for each
     * tile are more than what its transforms take instead, and those of the weight.
     */
    static boolean pays(Operand image, Operand map, Window window) {
        return pays(window, image.channels, map.channels, map.samples, map.height, map.width);
    }

    /** The same for an image and a map of so many channels, and a map of so many samples and this size. */
    static boolean pays(Window window, int in, int out, int samples, int height, int width) {
        boolean three = is(window, 3, 1);
        if (!three && !is(window, 4, 2)) {
            return false;
        }
        Winograd algorithm = three ? Winograd.THREE_TAPS : Winograd.TWO_TAPS;
        long inputs = (long) in * window.strideHeight() * window.strideWidth();
        long weights = inputs * out;
        long places = (long) samples * height * width;
        long tiles = (long) samples * ceiling(height, algorithm.outputs()) * ceiling(width, algorithm.outputs());
        long ofTiles = tiles * (weights + COST_OF_TILE * (inputs + out));
        long ofWeights = COST_OF_WEIGHT * weights;
        return FREQUENCIES * weights <= LARGE_WEIGHT
                && FREQUENCIES * (ofTiles + ofWeights) < places * weights * algorithm.taps() * algorithm.taps();
    }

    private static boolean is(Window window, int kernel, int stride) {
        return window.kernelHeight() == kernel
                && window.kernelWidth() == kernel
                && window.strideHeight() == stride
                && window.strideWidth() == stride
                && window.dilationHeight() == 1
                && window.dilationWidth() == 1;
    }

    /** map = the outputs of U · V, + b. */
    void toMap(Operand weight, float[] bias) {
        tiles.fromWeight(weight, offsetU);
        forEachPart(part -> toMap(part, bias));
    }

    /** image = the sum of the inputs of Uᵀ · M, + b. */
    void toImage(Operand weight, float[] bias) {
        tiles.fromWeight(weight, offsetU);
        forEachPart(part -> toImage(part, bias));
    }

    /** dW = the weight of the sum of M · Vᵀ. */
    void toWeight(Operand weight, boolean accumulate) {
        forEachPart(this::addToWeight);
        tiles.toWeight(weight, accumulate, offsetU);
    }

    private void toMap(WinogradTiles.Part part, float[] bias) {
        int n = tiles.count(part);
        tiles.fromImage(part, offsetV);
        forEachProduct(
                outputs,
                (f, m0, m1) ->
                        gemm.multiplyTile(false, false, m0, m1, 0, n, inputs, u(f), inputs, v(f, n), n, 0, m(f, n), n));
        tiles.toMap(part, offsetM, bias);
    }

    private void toImage(WinogradTiles.Part part, float[] bias) {
        int n = tiles.count(part);
        tiles.fromMap(part, offsetM);
        forEachProduct(
                inputs,
                (f, m0, m1) ->
                        gemm.multiplyTile(true, false, m0, m1, 0, n, outputs, u(f), inputs, m(f, n), n, 0, v(f, n), n));
        tiles.addToImage(part, offsetV, bias);
    }

    private void addToWeight(WinogradTiles.Part part) {
        int n = tiles.count(part);
        tiles.fromImage(part, offsetV);
        tiles.fromMap(part, offsetM);
        float beta = part.isFirst() ? 0 : 1;
        forEachProduct(
                outputs,
                (f, m0, m1) -> gemm.multiplyTile(
                        false, true, m0, m1, 0, inputs, n, m(f, n), n, v(f, n), n, beta, u(f), inputs));
    }

    private long u(int frequency) {
        return workspace.address(offsetU + frequency * outputs * inputs);
    }

    private long v(int frequency, int columns) {
        return workspace.address(offsetV + frequency * inputs * columns);
    }

    private long m(int frequency, int columns) {
        return workspace.address(offsetM + frequency * outputs * columns);
    }

    /** Some rows of the product of one frequency. */
    private interface Product {
        void run(int frequency, int m0, int m1);
    }

    private static void forEachProduct(int rows, Product product) {
        int cuts = Math.max(1, Math.min(PRODUCTS_PER_THREAD * Parallel.THREADS / FREQUENCIES, rows / FEW_ROWS));
        Parallel.forEach(
                FREQUENCIES * cuts,
                index -> product.run(index / cuts, rows * (index % cuts) / cuts, rows * (index % cuts + 1) / cuts));
    }

    private interface Work {
        void run(WinogradTiles.Part part);
    }

    /** Does the work for some samples of the batch, or some rows of tiles of one, after another. */
    private void forEachPart(Work work) {
        for (int first = 0; first < map.samples; first += samplesAtOnce) {
            for (int top = 0; top < tiles.down(); top += rowsAtOnce) {
                work.run(new WinogradTiles.Part(
                        first,
                        Math.min(map.samples, first + samplesAtOnce),
                        top,
                        Math.min(tiles.down(), top + rowsAtOnce)));
            }
        }
    }
}
