package org.espalier.inference;

import org.jspecify.annotations.Nullable;

/** Products with weights, y = x Wᵀ + b for each row, and of matrices with each other. */
final class Linear {
    /** Rows below which packing them costs more than it saves. */
    private static final int FEW = 4;

    private Linear() {}

    static void forward(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) {
        int outputs = weight.sizes[0];
        int inner = weight.elements / outputs; // Of a bilinear form, both of its axes.
        float[] b = packed(weight, outputs, inner);
        int ofSample = x.elements / inner;
        int rows = x.samples * ofSample;
        if (rows < FEW) {
            few(x, b, bias, y, rows, inner, outputs);
        } else {
            many(x, b, bias, y, rows, inner, outputs);
        }
    }

    private static float[] packed(Tensor weight, int outputs, int inner) {
        if (weight.prepared() instanceof float[] before) {
            return before;
        }
        float[] packed = Products.packColumns(weight.data, weight.offset, outputs, inner, inner, 1);
        weight.prepare(packed);
        return packed;
    }

    /** Returns where a row begins: rows of one sample lie together, samples may lie apart. */
    private static int row(Tensor tensor, int row, int size) {
        int ofSample = tensor.elements / size;
        return tensor.at(row / ofSample) + row % ofSample * size;
    }

    private static void few(Tensor x, float[] b, @Nullable Tensor bias, Tensor y, int rows, int inner, int outputs) {
        Parallel.forEach(Products.tiles(outputs, Products.COLUMNS), 2L * rows * inner * outputs, panel -> {
            int first = panel * Products.COLUMNS;
            int width = Math.min(Products.COLUMNS, outputs - first);
            float[] c = Scratch.take(Products.COLUMNS);
            for (int r = 0; r < rows; r++) {
                Products.FASTEST.row(x.data, row(x, r, inner), b, first * inner, c, 0, inner);
                store(c, 0, bias, first, width, y, row(y, r, outputs) + first);
            }
            Scratch.give(c);
        });
    }

    private static void store(float[] c, int from, @Nullable Tensor bias, int first, int width, Tensor y, int to) {
        if (bias == null) {
            System.arraycopy(c, from, y.data, to, width);
            return;
        }
        int shift = bias.offset + first;
        for (int j = 0; j < width; j++) {
            y.data[to + j] = c[from + j] + bias.data[shift + j];
        }
    }

    /** Blocks of rows side by side, each of which all panels of the weights pass by. */
    private static void many(Tensor x, float[] b, @Nullable Tensor bias, Tensor y, int rows, int inner, int outputs) {
        int blocks = Products.tiles(rows, Product.ROWS);
        int panels = Products.tiles(outputs, Products.COLUMNS);
        int parts = Math.min(panels, Math.max(1, 8 / blocks));
        Parallel.forEach(blocks * parts, 2L * rows * inner * outputs, turn -> {
            int block = turn / parts;
            int part = turn % parts;
            int first = block * Product.ROWS;
            int height = Math.min(Product.ROWS, rows - first);
            float[] a = Scratch.take(Product.ROWS * inner);
            float[] c = Scratch.take(Product.ROWS * Products.COLUMNS);
            for (int i = 0; i < Product.ROWS; i++) {
                int from = i < height ? row(x, first + i, inner) : 0;
                for (int l = 0; l < inner; l++) {
                    a[l * Product.ROWS + i] = i < height ? x.data[from + l] : 0;
                }
            }
            for (int panel = panels * part / parts; panel < panels * (part + 1) / parts; panel++) {
                int column = panel * Products.COLUMNS;
                Products.FASTEST.tile(a, 0, b, column * inner, c, inner);
                for (int i = 0; i < height; i++) {
                    int width = Math.min(Products.COLUMNS, outputs - column);
                    store(c, i * Products.COLUMNS, bias, column, width, y, row(y, first + i, outputs) + column);
                }
            }
            Scratch.give(c);
            Scratch.give(a);
        });
    }

    /** y = a b, matrix by matrix, of which either may lie transposed. */
    static void matmul(Tensor a, Tensor b, Tensor y, boolean transposeA, boolean transposeB) {
        int rows = y.sizes[y.sizes.length - 2];
        int columns = y.last();
        int inner = transposeA ? a.sizes[a.sizes.length - 2] : a.last();
        int ofSample = rows * columns == 0 ? 0 : y.elements / (rows * columns);
        long work = 2L * y.samples * y.elements * inner;
        Parallel.forEach(y.samples * ofSample, work, matrix -> {
            int n = matrix / ofSample;
            int i = matrix % ofSample;
            float[] left = Scratch.take(Products.tiles(rows, Product.ROWS) * Product.ROWS * inner);
            float[] right = Scratch.take(Products.tiles(columns, Products.COLUMNS) * Products.COLUMNS * inner);
            int[] ofA = {a.step(2), a.step(1)};
            int[] ofB = {b.step(2), b.step(1)};
            int rowStep = ofA[transposeA ? 1 : 0];
            int columnStep = ofB[transposeB ? 0 : 1];
            int leftInner = ofA[transposeA ? 0 : 1];
            int rightInner = ofB[transposeB ? 1 : 0];
            Products.pack(a.data, a.matrix(n, i), rows, inner, rowStep, leftInner, Product.ROWS, left);
            Products.pack(b.data, b.matrix(n, i), columns, inner, columnStep, rightInner, Products.COLUMNS, right);
            Products.multiply(left, right, y, y.matrix(n, i), rows, columns, inner);
            Scratch.give(right);
            Scratch.give(left);
        });
    }
}
