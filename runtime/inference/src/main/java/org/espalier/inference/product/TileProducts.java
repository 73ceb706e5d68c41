package org.espalier.inference.product;

import java.util.Arrays;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.ScratchArrays;
import org.jspecify.annotations.Nullable;

/** Packs matrices for the {@link TileProduct} that this JVM is fastest with, and multiplies them. */
public final class TileProducts {
    /** The product that this JVM is fastest with. */
    public static final TileProduct FASTEST =
            VectorSupport.LANES > 0 ? new VectorTileProduct() : new PlainTileProduct();

    /** Columns of a tile. */
    public static final int COLUMNS = FASTEST.columns();

    private TileProducts() {}

    /** Counts the tiles that so many rows or columns need. */
    public static int tiles(int count, int size) {
        return (count + size - 1) / size;
    }

    /** Packs columns of a matrix, b[l, j] = from[at + j·columnStride + l·innerStride]; what is missing is 0. */
    public static float[] packColumns(float[] from, int at, int columns, int inner, int columnStride, int innerStride) {
        return pack(from, at, columns, inner, columnStride, innerStride, COLUMNS, null);
    }

    /** The columns of a weight's transpose, packed: so many rows of the weight, whatever its shape. */
    public static float[] columns(FloatTensor weight, int rows) {
        int inner = weight.elements / rows;
        return weight.packed(new Columns(rows), () ->
                new float[][] {packColumns(weight.data(), weight.offset, rows, inner, inner, 1)})[0];
    }

    private record Columns(int count) {}

    /** Packs rows tile by tile, into an array if one is given. */
    public static float[] pack(
            float[] from,
            int at,
            int count,
            int inner,
            int stride,
            int innerStride,
            int size,
            float @Nullable [] into) {
        int tiles = tiles(count, size);
        float[] packed = into == null ? new float[Math.multiplyExact(tiles * size, inner)] : into;
        for (int tile = 0; tile < tiles; tile++) {
            int first = tile * size;
            int full = Math.min(size, count - first);
            int to = tile * size * inner;
            for (int l = 0; l < inner; l++, to += size) {
                int place = at + first * stride + l * innerStride;
                if (stride == 1) {
                    System.arraycopy(from, place, packed, to, full);
                } else {
                    for (int i = 0; i < full; i++) {
                        packed[to + i] = from[place + i * stride];
                    }
                }
                if (full < size) {
                    Arrays.fill(packed, to + full, to + size, 0);
                }
            }
        }
        return packed;
    }

    /** y[i, j] = Σ a[i, l] b[l, j], given packed, for a matrix of y that begins at a place. */
    public static void multiply(float[] a, float[] b, FloatTensor y, int atY, int rows, int columns, int inner) {
        int rowStep = y.step(2);
        int columnStep = y.step(1);
        long work = 2L * rows * columns * inner / ParallelLoop.PRODUCTS;
        ParallelLoop.forEach(tiles(columns, COLUMNS), work, panel -> {
            float[] c = ScratchArrays.take(TileProduct.ROWS * COLUMNS);
            int first = panel * COLUMNS;
            int width = Math.min(COLUMNS, columns - first);
            for (int block = 0; block < tiles(rows, TileProduct.ROWS); block++) {
                FASTEST.tile(a, block * TileProduct.ROWS * inner, b, first * inner, c, 0, COLUMNS, inner, false);
                for (int i = 0; i < Math.min(TileProduct.ROWS, rows - block * TileProduct.ROWS); i++) {
                    int to = atY + (block * TileProduct.ROWS + i) * rowStep + first * columnStep;
                    store(c, i * COLUMNS, width, y.data(), to, columnStep);
                }
            }
            ScratchArrays.give(c);
        });
    }

    private static void store(float[] c, int from, int count, float[] y, int to, int step) {
        if (step == 1) {
            System.arraycopy(c, from, y, to, count);
            return;
        }
        for (int j = 0; j < count; j++) {
            y[to + j * step] = c[from + j];
        }
    }
}
