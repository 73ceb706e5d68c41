package org.espalier.runtime.kernel.product;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of the matrices of each sample, or of two without a batch, by whatever strides they lie. */
public final class MatrixProducts {
    private final Matrices a;
    private final Matrices b;
    private final Matrices y;
    private final boolean transposeA;
    private final boolean transposeB;
    private final int m;
    private final int n;
    private final int k;

    private MatrixProducts(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        this.a = new Matrices(Operand.strided(a));
        this.b = new Matrices(Operand.strided(b));
        this.y = new Matrices(Operand.strided(y));
        this.transposeA = transposeA;
        this.transposeB = transposeB;
        m = this.y.rows;
        n = this.y.columns;
        k = transposeA ? this.a.rows : this.a.columns;
    }

    /** y = a b on floats by a BLAS, where a and b may be transposed. */
    public static void multiply(Gemm gemm, INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        MatrixProducts products = new MatrixProducts(a, b, y, transposeA, transposeB);
        int all = products.y.count();
        if (all < Parallel.THREADS) {
            for (int matrix = 0; matrix < all; matrix++) {
                products.multiply(gemm, matrix, true);
            }
        } else {
            Channels.forEach(all, products.m * products.n, matrix -> products.multiply(gemm, matrix, false));
        }
    }

    /** The same in doubles, by plain loops. */
    public static void multiply(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        MatrixProducts products = new MatrixProducts(a, b, y, transposeA, transposeB);
        Channels.forEach(products.y.count(), products.m * products.n, products::inDoubles);
    }

    private void multiply(Gemm gemm, int matrix, boolean onAllCores) {
        if (y.transposed) {
            // yᵀ = bᵀ aᵀ, whose rows are the contiguous columns of y.
            multiply(gemm, matrix, onAllCores, b, !transposeB, a, !transposeA, n, m);
        } else {
            multiply(gemm, matrix, onAllCores, a, transposeA, b, transposeB, m, n);
        }
    }

    private void multiply(
            Gemm gemm,
            int matrix,
            boolean onAllCores,
            Matrices left,
            boolean transposeLeft,
            Matrices right,
            boolean transposeRight,
            int rows,
            int columns) {
        boolean leftTransposed = transposeLeft ^ left.transposed;
        boolean rightTransposed = transposeRight ^ right.transposed;
        long leftAt = address(left, matrix);
        long rightAt = address(right, matrix);
        long at = address(y, matrix);
        if (onAllCores) {
            gemm.multiply(
                    leftTransposed,
                    rightTransposed,
                    rows,
                    columns,
                    k,
                    leftAt,
                    left.stride,
                    rightAt,
                    right.stride,
                    0,
                    at,
                    y.stride);
        } else {
            gemm.multiplyTile(
                    leftTransposed,
                    rightTransposed,
                    0,
                    rows,
                    0,
                    columns,
                    k,
                    leftAt,
                    left.stride,
                    rightAt,
                    right.stride,
                    0,
                    at,
                    y.stride);
        }
    }

    private static long address(Matrices matrices, int matrix) {
        return ForeignMemory.at(matrices.operand.address, matrices.start(matrix));
    }

    private void inDoubles(int matrix) {
        double[] left = read(a, matrix);
        double[] right = read(b, matrix);
        double[] value = new double[1];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += left[transposeA ? l * m + i : i * k + l] * right[transposeB ? j * k + l : l * n + j];
                }
                value[0] = sum;
                y.operand.put(y.start(matrix) + y.place(i, j), value);
            }
        }
    }

    /** The elements of a matrix, row by row. */
    private static double[] read(Matrices matrices, int matrix) {
        double[] elements = new double[matrices.rows * matrices.columns];
        double[] value = new double[1];
        for (int i = 0; i < elements.length; i++) {
            int place = matrices.place(i / matrices.columns, i % matrices.columns);
            matrices.operand.get(matrices.start(matrix) + place, value);
            elements[i] = value[0];
        }
        return elements;
    }
}
