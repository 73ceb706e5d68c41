package org.espalier.inference.convolution;

import org.espalier.inference.product.Runs;
import org.espalier.inference.product.TileProduct;
import org.espalier.inference.product.TileProducts;
import org.espalier.inference.product.VectorSupport;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.ScratchArrays;

/**
 * Winograd's convolution F(4 × 4, 3 × 3) (Lavin and Gray, arXiv:1509.09308) by kernels of 3 × 3 elements with stride 1:
 * the output is cut into tiles of 4 × 4 elements, each of which sees 6 × 6 of the image and takes 36 multiplications
 * for each pair of channels where sums take 144.
 *
 * <pre>
 *   Y = Aᵀ M A + b    M = U · V    V = Bᵀ d B    U = G w Gᵀ    for each of 36 frequencies
 * </pre>
 *
 * <p>with a column of V and M for each tile and a row for each channel. Images are cut into four by four phases first,
 * so that what neighbouring tiles see at one place lies side by side. Some tiles are computed at a time, so that V and
 * M stay in the cache: each strip by one thread if there are enough of them.
 *
 * <p>Rounding errors are larger than those of the sums that a convolution is by definition; none is above 10⁻⁵ of the
 * largest element of the result.
 */
final class WinogradForward {
    static final int FREQUENCIES = 36;

    /** Elements of a tile in each direction, and of what it sees. */
    static final int OUTPUTS = 4;

    static final int SIZE = 6;

    private static final int COLUMNS = TileProducts.COLUMNS;

    /** Panels of tiles that are computed at a time. */
    private static final int PANELS = 4;

    private static final int STRIP = PANELS * COLUMNS;

    /** Channels below which most of the transforms' work would be for nothing. */
    private static final int LEAST_CHANNELS = 16;

    /** Floats of transformed weights above which they are not made, since they are four times the weights. */
    private static final long LARGEST_WEIGHT = 1 << 22;

    /** Cost of an element of V or M, and of reading one of U for a strip, in multiply-adds. */
    private static final long COST_OF_TILE = 20;

    private static final long COST_OF_WEIGHT = 16;

    /** Rows of a panel that are multiplied before the next: 16 KiB. */
    private static final int INNER = 4096 / COLUMNS;

    private final FloatTensor x;
    private final ResultWork epilogue;
    private final FloatTensor y;
    private final ForwardTiles tiles;
    private final float[] u;
    private final int inputs;
    private final int outputs;
    private final int blocks;

    private WinogradForward(FloatTensor x, FloatTensor weight, ResultWork epilogue, FloatTensor y, Sliding window) {
        this.x = x;
        this.epilogue = epilogue;
        this.y = y;
        this.tiles = new ForwardTiles(
                Volume.of(x),
                Volume.of(y),
                window.padding().height(),
                window.padding().width());
        this.outputs = weight.sizes[0];
        this.inputs = weight.sizes[1];
        this.blocks = TileProducts.tiles(outputs, TileProduct.ROWS);
        this.u = weight.packed(Use.FREQUENCIES, () -> new float[][] {transformed(weight)})[0];
    }

    /** Use of weights. */
    private enum Use {
        /** U, [frequency, block of outputs, input, output of the block]. */
        FREQUENCIES
    }

    /** Tells whether it is faster for a convolution. */
    static boolean takes(FloatTensor weight, FloatTensor y, Sliding window, int groups) {
        boolean fits = VectorSupport.LANES > 0
                && groups == 1
                && weight.sizes.length == 4
                && window.kernel().equals(new Sliding.Sizes(1, 3, 3))
                && window.stride().product() == 1
                && window.dilation().product() == 1;
        return fits && pays(weight.sizes[1], weight.sizes[0], Volume.of(y));
    }

    /** Decides by one sample, so that weights are packed in one way. */
    private static boolean pays(int in, int out, Volume y) {
        long weights = (long) in * out;
        long count = (long) TileProducts.tiles(y.height(), OUTPUTS) * TileProducts.tiles(y.width(), OUTPUTS);
        long columns = (count + COLUMNS - 1) / COLUMNS * COLUMNS;
        long strips = (count + STRIP - 1) / STRIP;
        long cost = FREQUENCIES * ((columns + COST_OF_WEIGHT * strips) * weights + COST_OF_TILE * count * (in + out));
        return Math.min(in, out) >= LEAST_CHANNELS
                && FREQUENCIES * weights <= LARGEST_WEIGHT
                && cost < 9L * y.height() * y.width() * weights;
    }

    static void forward(FloatTensor x, FloatTensor weight, ResultWork epilogue, FloatTensor y, Sliding window) {
        new WinogradForward(x, weight, epilogue, y, window).run();
    }

    private float[] transformed(FloatTensor weight) {
        int ofFrequency = blocks * TileProduct.ROWS * inputs;
        float[] all = new float[FREQUENCIES * ofFrequency];
        double[] columns = new double[SIZE * 3];
        for (int o = 0; o < outputs; o++) {
            for (int c = 0; c < inputs; c++) {
                int from = weight.offset + (o * inputs + c) * 9;
                int to = (o / TileProduct.ROWS * inputs + c) * TileProduct.ROWS + o % TileProduct.ROWS;
                for (int k = 0; k < SIZE; k++) {
                    for (int j = 0; j < 3; j++) {
                        columns[k * 3 + j] = SixPointVectors.kernel(
                                k, weight.data()[from + j], weight.data()[from + 3 + j], weight.data()[from + 6 + j]);
                    }
                }
                for (int f = 0; f < FREQUENCIES; f++) {
                    int row = f / SIZE * 3;
                    all[f * ofFrequency + to] =
                            (float) SixPointVectors.kernel(f % SIZE, columns[row], columns[row + 1], columns[row + 2]);
                }
            }
        }
        return all;
    }

    private void run() {
        int ofSample = inputs * tiles.ofChannel();
        int together = Math.min(x.samples, TileProducts.tiles(PANELS * STRIP, tiles.ofSample()));
        float[] phases = ScratchArrays.take(together * ofSample + tiles.slack());
        for (int n = 0; n < x.samples; n += together) {
            int first = n;
            int samples = Math.min(together, x.samples - n);
            ParallelLoop.forEach(samples * inputs, (long) samples * ofSample, turn -> {
                int from = x.at(first + turn / inputs) + turn % inputs * (x.elements / inputs);
                tiles.write(x.data(), from, phases, turn * tiles.ofChannel());
            });
            int columns = samples * tiles.ofSample();
            int panels = TileProducts.tiles(columns, COLUMNS);
            int strips = TileProducts.tiles(panels, PANELS);
            long work = 2L * FREQUENCIES * columns * inputs * outputs / ParallelLoop.PRODUCTS;
            boolean enough = strips >= ParallelLoop.THREADS;
            ParallelLoop.forEach(strips, enough ? work : 0, strip -> {
                int begin = panels * strip / strips * COLUMNS;
                int end = Math.min(columns, panels * (strip + 1) / strips * COLUMNS);
                convolve(phases, ofSample, begin, end - begin, first, enough ? 0 : work / strips);
            });
        }
        ScratchArrays.give(phases);
    }

    /** Some tiles: on all threads, unless others are computed at the same time. */
    private void convolve(float[] phases, int ofSample, int begin, int count, int first, long work) {
        int panels = TileProducts.tiles(count, COLUMNS);
        int ofPanel = inputs * COLUMNS + COLUMNS; // Vectors write beyond the last tile.
        int ofV = panels * ofPanel;
        int ofM = blocks * TileProduct.ROWS * panels * COLUMNS + COLUMNS;
        float[] v = ScratchArrays.take(FREQUENCIES * ofV);
        float[] m = ScratchArrays.take(FREQUENCIES * ofM);
        Runs runs = tiles.columns(ofSample).runs(begin, count, COLUMNS);
        ParallelLoop.forEach(panels, work / 4, panel -> {
            for (int channel = 0; channel < inputs; channel++) {
                int to = panel * ofPanel + channel * COLUMNS;
                tiles.toFrequencies(phases, channel * tiles.ofChannel(), runs, panel, v, to, ofV);
            }
        });
        ParallelLoop.forEach(FREQUENCIES, work, f -> multiply(f, panels, v, f * ofV, ofPanel, m, f * ofM));
        ScratchArrays.give(v);
        Runs lines = tiles.columns(ofSample).runs(begin, count, panels * COLUMNS);
        ParallelLoop.forEach(outputs, work / 4, channel -> {
            float bias = epilogue.bias() == null ? 0 : epilogue.bias().data()[epilogue.bias().offset + channel];
            tiles.toMap(m, channel * panels * COLUMNS, ofM, count, bias, lines, first, channel, y, epilogue);
        });
        ScratchArrays.give(m);
    }

    private void multiply(int f, int panels, float[] v, int atV, int ofPanel, float[] m, int atM) {
        int ofBlock = TileProduct.ROWS * inputs;
        int step = panels * COLUMNS;
        for (int l = 0; l < inputs; l += INNER) {
            int count = Math.min(INNER, inputs - l);
            for (int panel = 0; panel < panels; panel++) {
                for (int block = 0; block < blocks; block++) {
                    int to = atM + block * TileProduct.ROWS * step + panel * COLUMNS;
                    TileProducts.FASTEST.tile(
                            u,
                            (f * blocks + block) * ofBlock + l * TileProduct.ROWS,
                            v,
                            atV + panel * ofPanel + l * COLUMNS,
                            m,
                            to,
                            step,
                            count,
                            l > 0);
                }
            }
        }
    }
}
