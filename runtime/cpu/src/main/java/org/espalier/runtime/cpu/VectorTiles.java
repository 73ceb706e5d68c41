package org.espalier.runtime.cpu;

import java.util.Arrays;
import org.espalier.runtime.kernel.convolution.ThreeByThree.Convolutions;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.window.Window;

/**
 * Winograd's convolution F(4 × 4, 3 × 3) (Lavin and Gray, arXiv:1509.09308): the map is cut into tiles of 4 × 4
 * elements, each of which sees 6 × 6 of the image and takes 36 multiplications where columns take 144.
 *
 * <pre>
 *   map:      Y = Aᵀ M A + b    M = V · U     V = Bᵀ d B    U = G w Gᵀ    for each of 36 frequencies
 *   weight:   dw = Gᵀ dU G      dU = Vᵀ · N   N = A dY Aᵀ
 * </pre>
 *
 * <p>with a row of V, M and N for each tile, and a column for each channel. The gradient of the image is the
 * convolution of the map's with the kernel turned round. Some rows of tiles are computed at a time, so that V and M
 * stay in the cache: as many as make reading U cheap, each by one thread if there are enough of them.
 *
 * <p>Rounding errors are larger than those of the sums that a convolution is by definition: of independent normal
 * numbers, their root mean square is three times as large, and none is above 10⁻⁵ of the largest element of the result.
 */
final class VectorTiles implements Convolutions {
    private static final int FREQUENCIES = VectorTileRows.FREQUENCIES;

    /** Floats of V and M that one thread has in its cache: 512 KiB. */
    private static final int FLOATS_OF_THREAD = 1 << 17;

    /** Tiles at a time from which on reading U takes less time than multiplying by it. */
    private static final int ENOUGH_TILES = 24;

    /** Floats of V and M, or N, that all threads have in theirs: 8 MiB. */
    private static final int FLOATS_OF_ALL = 1 << 21;

    /** V and M of each thread, or of all together. */
    private final float[][] v = new float[Parallel.THREADS][0];

    private final float[][] m = new float[Parallel.THREADS][0];
    private float[] u = new float[0];

    @Override
    public void toMap(Operand image, Operand weight, float[] bias, Operand map, Window window) {
        VectorWeights weights = new VectorWeights(image.channels, map.channels);
        u = ofLength(u, weights.transformedSize());
        weights.transform(weight, false, u);
        convolve(image, map, window.paddingHeight(), window.paddingWidth(), bias);
    }

    @Override
    public void toImage(Operand map, Operand weight, float[] bias, Operand image, Window window) {
        VectorWeights weights = new VectorWeights(map.channels, image.channels);
        u = ofLength(u, weights.transformedSize());
        weights.transform(weight, true, u);
        convolve(map, image, 2 - window.paddingHeight(), 2 - window.paddingWidth(), bias);
    }

    private void convolve(Operand from, Operand to, int paddingHeight, int paddingWidth, float[] bias) {
        VectorTileRows rows = new VectorTileRows(from, to, paddingHeight, paddingWidth);
        float[] padded = Arrays.copyOf(bias, rows.outputs());
        int all = rows.count();
        int ofRow = FREQUENCIES * rows.across() * (rows.inputs() + rows.outputs());
        int atOnce = Math.max(FLOATS_OF_THREAD / ofRow, (ENOUGH_TILES + rows.across() - 1) / rows.across());
        int parts = ceiling(all, atOnce);
        if (parts >= 2 * Parallel.THREADS) {
            Parallel.forEachSlotted(
                    parts, (part, slot) -> convolve(rows, all * part / parts, all * (part + 1) / parts, slot, padded));
        } else {
            int few = ceiling(all, Math.max(1, FLOATS_OF_ALL / ofRow));
            for (int part = 0; part < few; part++) {
                convolve(rows, all * part / few, all * (part + 1) / few, 0, padded);
            }
        }
    }

    /** Some rows of tiles: on all cores, unless others are computed at the same time. */
    private void convolve(VectorTileRows rows, int first, int end, int slot, float[] bias) {
        int tiles = (end - first) * rows.across();
        int whole = ceiling(tiles, VectorBlock.ROWS) * VectorBlock.ROWS;
        int distanceV = VectorTileRows.distance(whole * rows.inputs());
        int distanceM = VectorTileRows.distance(whole * rows.outputs());
        float[] left = v[slot] = ofLength(v[slot], FREQUENCIES * distanceV);
        float[] result = m[slot] = ofLength(m[slot], FREQUENCIES * distanceM);
        float[] right = u;
        int inner = rows.inputChannels();
        int panels = rows.outputs() / VectorBlock.COLUMNS;
        int panelSize = inner * VectorBlock.COLUMNS;
        Parallel.forEach(end - first, row -> rows.fromImage(first + row, row * rows.across(), left, distanceV));
        Parallel.forEach(FREQUENCIES * panels, task -> {
            int frequency = task / panels;
            int panel = task % panels;
            for (int tile = 0; tile < whole; tile += VectorBlock.ROWS) {
                VectorBlock.multiply(
                        left,
                        frequency * distanceV + tile * rows.inputs(),
                        rows.inputs(),
                        right,
                        task * panelSize,
                        result,
                        frequency * distanceM + tile * rows.outputs() + panel * VectorBlock.COLUMNS,
                        rows.outputs(),
                        inner);
            }
        });
        Parallel.forEach(end - first, row -> rows.toMap(first + row, row * rows.across(), result, distanceM, bias));
    }

    @Override
    public void toWeight(Operand image, Operand map, Operand weight, Window window, boolean accumulate) {
        VectorTileRows rows = new VectorTileRows(image, map, window.paddingHeight(), window.paddingWidth());
        VectorWeights weights = new VectorWeights(image.channels, map.channels);
        u = ofLength(u, weights.gradientSize());
        int all = rows.count();
        int ofRow = FREQUENCIES * rows.across() * (rows.inputs() + rows.outputs());
        int parts = ceiling(all, Math.max(1, FLOATS_OF_ALL / ofRow));
        for (int part = 0; part < parts; part++) {
            addToGradient(rows, weights, all * part / parts, all * (part + 1) / parts, part > 0);
        }
        weights.gradient(u, weight, accumulate);
    }

    private void addToGradient(VectorTileRows rows, VectorWeights weights, int first, int end, boolean add) {
        int tiles = (end - first) * rows.across();
        int distanceV = VectorTileRows.distance(tiles * rows.inputs());
        int distanceN = VectorTileRows.distance(tiles * rows.outputs());
        float[] left = v[0] = ofLength(v[0], FREQUENCIES * distanceV);
        float[] right = m[0] = ofLength(m[0], FREQUENCIES * distanceN);
        float[] result = u;
        int panels = rows.outputs() / VectorBlock.COLUMNS;
        Parallel.forEach(2 * (end - first), task -> {
            int row = task / 2;
            if (task % 2 == 0) {
                rows.fromImage(first + row, row * rows.across(), left, distanceV);
            } else {
                rows.fromMap(first + row, row * rows.across(), tiles, right, distanceN);
            }
        });
        Parallel.forEach(FREQUENCIES * panels, task -> {
            int frequency = task / panels;
            int panel = task % panels;
            float[] block = new float[add ? VectorBlock.ROWS * VectorBlock.COLUMNS : 0];
            for (int channel = 0; channel < rows.inputChannels(); channel += VectorBlock.ROWS) {
                int to = weights.gradientPlace(frequency, channel) + panel * VectorBlock.COLUMNS;
                VectorBlock.multiplyTransposed(
                        left,
                        frequency * distanceV + channel,
                        rows.inputs(),
                        right,
                        frequency * distanceN + panel * tiles * VectorBlock.COLUMNS,
                        add ? block : result,
                        add ? 0 : to,
                        add ? VectorBlock.COLUMNS : rows.outputs(),
                        tiles);
                if (add) {
                    VectorBlock.add(block, result, to, rows.outputs());
                }
            }
        });
    }

    @Override
    public long bytes() {
        long floats = u.length;
        for (int slot = 0; slot < v.length; slot++) {
            floats += v[slot].length + m[slot].length;
        }
        return floats * Float.BYTES;
    }

    static int ceiling(int a, int b) {
        return (a + b - 1) / b;
    }

    private static float[] ofLength(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }
}
