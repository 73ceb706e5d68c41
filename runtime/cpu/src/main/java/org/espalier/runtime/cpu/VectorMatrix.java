package org.espalier.runtime.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.product.PackedMatrix;

/**
 * A matrix on the heap, in panels as wide as a {@link VectorBlock}. A BLAS brings both factors into such an order in
 * every product, which takes as long as the multiplications where the left one has few rows.
 */
final class VectorMatrix implements PackedMatrix {
    private static final int COLUMNS = VectorBlock.COLUMNS;
    private static final int ROWS = VectorBlock.ROWS;

    private static final ThreadLocal<Memory> MEMORY = ThreadLocal.withInitial(Memory::new);

    private final int n;
    private final int k;
    private final int width;

    /** [panel, row, column of the panel], 0 behind the last column. */
    private final float[] panels;

    /** The matrix at an address, [k, n], or the transposed of one that is [n, k]. */
    VectorMatrix(boolean transposed, int n, int k, long address, int stride) {
        this.n = n;
        this.k = k;
        width = VectorTileRows.roundUp(n, COLUMNS);
        panels = new float[width * k];
        int rows = transposed ? n : k;
        int columns = transposed ? k : n;
        FloatBuffer matrix = floats(address, rows, columns, stride);
        float[] row = new float[columns];
        for (int i = 0; i < rows; i++) {
            matrix.get(i * stride, row, 0, columns);
            if (transposed) {
                int to = place(0, i);
                for (int l = 0; l < k; l++) {
                    panels[to + l * COLUMNS] = row[l];
                }
            } else {
                for (int j = 0; j < n; j += COLUMNS) {
                    System.arraycopy(row, j, panels, place(i, j), Math.min(COLUMNS, n - j));
                }
            }
        }
    }

    private int place(int row, int column) {
        return (column / COLUMNS * k + row) * COLUMNS + column % COLUMNS;
    }

    private static FloatBuffer floats(long address, int rows, int columns, int stride) {
        long elements = (rows - 1L) * stride + columns;
        return ForeignMemory.buffer(address, elements * Float.BYTES).asFloatBuffer();
    }

    @Override
    public void multiply(int m, long a, int lda, float beta, long c, int ldc) {
        Memory memory = MEMORY.get();
        int rows = VectorTileRows.roundUp(m, ROWS);
        float[] left = memory.left = ofLength(memory.left, rows * k);
        float[] result = memory.result = ofLength(memory.result, rows * width);
        FloatBuffer from = floats(a, m, k, lda);
        for (int i = 0; i < m; i++) {
            from.get(i * lda, left, i * k, k);
        }
        Arrays.fill(left, m * k, rows * k, 0);
        for (int j = 0; j < width; j += COLUMNS) {
            for (int i = 0; i < rows; i += ROWS) {
                VectorBlock.multiply(left, i * k, k, panels, j * k, result, i * width + j, width, k);
            }
        }
        FloatBuffer to = floats(c, m, n, ldc);
        for (int i = 0; i < m; i++) {
            if (beta != 0) {
                float[] row = memory.row = ofLength(memory.row, n);
                to.get(i * ldc, row, 0, n);
                add(row, result, i * width, n);
            }
            to.put(i * ldc, result, i * width, n);
        }
    }

    private static void add(float[] row, float[] result, int at, int count) {
        for (int j = 0; j < count; j++) {
            result[at + j] += row[j];
        }
    }

    private static float[] ofLength(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }

    /** Scratch memory of one thread. */
    private static final class Memory {
        private float[] left = new float[0];
        private float[] result = new float[0];
        private float[] row = new float[0];
    }
}
