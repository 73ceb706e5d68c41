package org.espalier.runtime.kernel.product;

import java.nio.FloatBuffer;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.reduction.BlockSums;

/** Matrix products in Java, for where no native library is: some ten times slower than a good one. */
final class JavaBlas implements Blas {
    /** Columns of C, and depth, of the part of op(B) that is held on the heap: 256 KiB. */
    private static final int COLUMNS = 512;

    private static final int DEPTH = 128;

    @Override
    public void sgemm(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            long a,
            int lda,
            long b,
            int ldb,
            float beta,
            long c,
            int ldc) {
        FloatBuffer A = matrix(a, transposeA ? k : m, transposeA ? m : k, lda);
        FloatBuffer B = matrix(b, transposeB ? n : k, transposeB ? k : n, ldb);
        FloatBuffer C = matrix(c, m, n, ldc);
        float[][] panel = new float[DEPTH][COLUMNS];
        float[] weights = new float[DEPTH];
        float[] row = new float[COLUMNS];
        for (int j = 0; j < n; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n - j);
            for (int l = 0; l == 0 || l < k; l += DEPTH) {
                int depth = Math.min(DEPTH, k - l);
                read(B, ldb, transposeB, l, depth, j, columns, panel);
                for (int i = 0; i < m; i++) {
                    readWeights(A, lda, transposeA, i, l, depth, weights);
                    if (l == 0 && beta == 0) {
                        java.util.Arrays.fill(row, 0, columns, 0);
                    } else {
                        C.get(i * ldc + j, row, 0, columns);
                    }
                    multiply(weights, panel, depth, row, columns);
                    C.put(i * ldc + j, row, 0, columns);
                }
            }
        }
    }

    @Override
    public double squares(long x, int n) {
        FloatBuffer numbers = ForeignMemory.buffer(x, (long) n * Float.BYTES).asFloatBuffer();
        Scratch scratch = Scratch.get();
        int width = Math.min(Scratch.BLOCK, n);
        java.util.Arrays.fill(scratch.b, 0, width, 0);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int count = Math.min(Scratch.BLOCK, n - start);
            numbers.get(start, scratch.a, 0, count);
            addSquares(scratch.b, scratch.a, count);
        }
        return BlockSums.inPairs(scratch.b, scratch.a, width);
    }

    private static void addSquares(float[] sums, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            sums[i] += x[i] * x[i];
        }
    }

    private static FloatBuffer matrix(long address, int rows, int columns, int stride) {
        long elements = rows == 0 ? 0 : (long) (rows - 1) * stride + columns;
        return ForeignMemory.buffer(address, elements * Float.BYTES).asFloatBuffer();
    }

    /** panel[p][q] = op(B)[l + p, j + q]. */
    private static void read(
            FloatBuffer B, int ldb, boolean transpose, int l, int depth, int j, int columns, float[][] panel) {
        if (!transpose) {
            for (int p = 0; p < depth; p++) {
                B.get((l + p) * ldb + j, panel[p], 0, columns);
            }
            return;
        }
        float[] line = new float[DEPTH];
        for (int q = 0; q < columns; q++) {
            B.get((j + q) * ldb + l, line, 0, depth);
            for (int p = 0; p < depth; p++) {
                panel[p][q] = line[p];
            }
        }
    }

    /** weights[p] = op(A)[i, l + p]. */
    private static void readWeights(
            FloatBuffer A, int lda, boolean transpose, int i, int l, int depth, float[] weights) {
        if (!transpose) {
            A.get(i * lda + l, weights, 0, depth);
            return;
        }
        for (int p = 0; p < depth; p++) {
            weights[p] = A.get((l + p) * lda + i);
        }
    }

    /** row += Σ_p weights[p] panel[p], four at a time so that the row is loaded and stored less often. */
    private static void multiply(float[] weights, float[][] panel, int depth, float[] row, int columns) {
        int p = 0;
        for (; p + 3 < depth; p += 4) {
            multiplyFour(
                    weights[p],
                    panel[p],
                    weights[p + 1],
                    panel[p + 1],
                    weights[p + 2],
                    panel[p + 2],
                    weights[p + 3],
                    panel[p + 3],
                    row,
                    columns);
        }
        for (; p < depth; p++) {
            float w = weights[p];
            float[] b = panel[p];
            for (int q = 0; q < columns; q++) {
                row[q] += w * b[q];
            }
        }
    }

    private static void multiplyFour(
            float w0,
            float[] b0,
            float w1,
            float[] b1,
            float w2,
            float[] b2,
            float w3,
            float[] b3,
            float[] row,
            int n) {
        for (int q = 0; q < n; q++) {
            row[q] += (w0 * b0[q] + w1 * b1[q]) + (w2 * b2[q] + w3 * b3[q]);
        }
    }

    @Override
    public String description() {
        return "products in Java";
    }
}
