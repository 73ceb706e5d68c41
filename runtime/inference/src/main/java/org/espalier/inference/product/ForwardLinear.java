package org.espalier.inference.product;

import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.ScratchArrays;
import org.jspecify.annotations.Nullable;

/** Products with weights, y = x Wᵀ + b for each row, and of matrices with each other. */
public final class ForwardLinear {
    /** Rows below which packing them costs more than it saves. */
    private static final int FEW = 4;

    private ForwardLinear() {}

    /** y = x Wᵀ + b for each row. */
    public static void forward(FloatTensor x, FloatTensor weight, @Nullable FloatTensor bias, FloatTensor y) {
        int outputs = weight.sizes[0];
        int inner = weight.elements / outputs; // Of a bilinear form, both of its axes.
        float[] b = TileProducts.columns(weight, outputs);
        int ofSample = x.elements / inner;
        int rows = x.samples * ofSample;
        if (rows < FEW) {
            few(x, b, bias, y, rows, inner, outputs);
        } else {
            many(x, b, bias, y, rows, inner, outputs);
        }
    }

    /** Returns where a row begins: rows of one sample lie together, samples may lie apart. */
    private static int row(FloatTensor tensor, int row, int size) {
        int ofSample = tensor.elements / size;
        return tensor.at(row / ofSample) + row % ofSample * size;
    }

    private static void few(
            FloatTensor x, float[] b, @Nullable FloatTensor bias, FloatTensor y, int rows, int inner, int outputs) {
        long work = 2L * rows * inner * outputs / ParallelLoop.PRODUCTS;
        ParallelLoop.forEach(TileProducts.tiles(outputs, TileProducts.COLUMNS), work, panel -> {
            int first = panel * TileProducts.COLUMNS;
            int width = Math.min(TileProducts.COLUMNS, outputs - first);
            float[] c = ScratchArrays.take(TileProducts.COLUMNS);
            for (int r = 0; r < rows; r++) {
                TileProducts.FASTEST.row(x.data(), row(x, r, inner), b, first * inner, c, 0, inner);
                store(c, 0, bias, first, width, y, row(y, r, outputs) + first);
            }
            ScratchArrays.give(c);
        });
    }

    private static void store(
            float[] c, int from, @Nullable FloatTensor bias, int first, int width, FloatTensor y, int to) {
        if (bias == null) {
            System.arraycopy(c, from, y.data(), to, width);
            return;
        }
        int shift = bias.offset + first;
        for (int j = 0; j < width; j++) {
            y.data()[to + j] = c[from + j] + bias.data()[shift + j];
        }
    }

    /** Blocks of rows side by side, each of which all panels of the weights pass by. */
    private static void many(
            FloatTensor x, float[] b, @Nullable FloatTensor bias, FloatTensor y, int rows, int inner, int outputs) {
        int blocks = TileProducts.tiles(rows, TileProduct.ROWS);
        int panels = TileProducts.tiles(outputs, TileProducts.COLUMNS);
        int parts = Math.min(panels, Math.max(1, 8 / blocks));
        long work = 2L * rows * inner * outputs / ParallelLoop.PRODUCTS;
        ParallelLoop.forEach(blocks * parts, work, turn -> {
            int block = turn / parts;
            int part = turn % parts;
            int first = block * TileProduct.ROWS;
            int height = Math.min(TileProduct.ROWS, rows - first);
            float[] a = ScratchArrays.take(TileProduct.ROWS * inner);
            float[] c = ScratchArrays.take(TileProduct.ROWS * TileProducts.COLUMNS);
            for (int i = 0; i < TileProduct.ROWS; i++) {
                int from = i < height ? row(x, first + i, inner) : 0;
                for (int l = 0; l < inner; l++) {
                    a[l * TileProduct.ROWS + i] = i < height ? x.data()[from + l] : 0;
                }
            }
            for (int panel = panels * part / parts; panel < panels * (part + 1) / parts; panel++) {
                int column = panel * TileProducts.COLUMNS;
                TileProducts.FASTEST.tile(a, 0, b, column * inner, c, 0, TileProducts.COLUMNS, inner, false);
                for (int i = 0; i < height; i++) {
                    int width = Math.min(TileProducts.COLUMNS, outputs - column);
                    store(c, i * TileProducts.COLUMNS, bias, column, width, y, row(y, first + i, outputs) + column);
                }
            }
            ScratchArrays.give(c);
            ScratchArrays.give(a);
        });
    }

    /** y = a b, matrix by matrix, of which either may lie transposed. */
    public static void matmul(FloatTensor a, FloatTensor b, FloatTensor y, boolean transposeA, boolean transposeB) {
        int rows = y.sizes[y.sizes.length - 2];
        int columns = y.last();
        int inner = transposeA ? a.sizes[a.sizes.length - 2] : a.last();
        int ofSample = rows * columns == 0 ? 0 : y.elements / (rows * columns);
        long work = 2L * y.samples * y.elements * inner / ParallelLoop.PRODUCTS;
        ParallelLoop.forEach(y.samples * ofSample, work, matrix -> {
            int n = matrix / ofSample;
            int i = matrix % ofSample;
            float[] left = ScratchArrays.take(TileProducts.tiles(rows, TileProduct.ROWS) * TileProduct.ROWS * inner);
            float[] right = ScratchArrays.take(
                    TileProducts.tiles(columns, TileProducts.COLUMNS) * TileProducts.COLUMNS * inner);
            int[] ofA = {a.step(2), a.step(1)};
            int[] ofB = {b.step(2), b.step(1)};
            int rowStep = ofA[transposeA ? 1 : 0];
            int columnStep = ofB[transposeB ? 0 : 1];
            int leftInner = ofA[transposeA ? 0 : 1];
            int rightInner = ofB[transposeB ? 1 : 0];
            TileProducts.pack(a.data(), a.matrix(n, i), rows, inner, rowStep, leftInner, TileProduct.ROWS, left);
            TileProducts.pack(
                    b.data(), b.matrix(n, i), columns, inner, columnStep, rightInner, TileProducts.COLUMNS, right);
            TileProducts.multiply(left, right, y, y.matrix(n, i), rows, columns, inner);
            ScratchArrays.give(right);
            ScratchArrays.give(left);
        });
    }
}
