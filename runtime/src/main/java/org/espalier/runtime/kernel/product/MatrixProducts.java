package org.espalier.runtime.kernel.product;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Parallel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of matrices that lie one after the other in each sample, or of two without a batch. */
public final class MatrixProducts {
    private final Operand a;
    private final Operand b;
    private final Operand y;
    private final boolean transposeA;
    private final boolean transposeB;
    private final int m;
    private final int n;
    private final int k;

    /** Matrices of a sample. */
    private final int count;

    private static MatrixProducts of(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        return y.rank() > 2
                ? new MatrixProducts(a, b, y, transposeA, transposeB)
                : new MatrixProducts(
                        NdArrays.asSample(a), NdArrays.asSample(b), NdArrays.asSample(y), transposeA, transposeB);
    }

    private MatrixProducts(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        this.a = Operand.of(a);
        this.b = Operand.of(b);
        this.y = Operand.of(y);
        this.transposeA = transposeA;
        this.transposeB = transposeB;
        m = Math.toIntExact(y.size(y.rank() - 2));
        n = Math.toIntExact(y.size(y.rank() - 1));
        k = Math.toIntExact(a.size(transposeA ? a.rank() - 2 : a.rank() - 1));
        count = this.y.sampleSize / (m * n);
    }

    /** y = a b on floats by a BLAS, where a and b may be transposed. */
    public static void multiply(Gemm gemm, INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        MatrixProducts products = of(a, b, y, transposeA, transposeB);
        int all = products.y.samples * products.count;
        if (all < Parallel.THREADS) {
            for (int matrix = 0; matrix < all; matrix++) {
                products.onAllCores(gemm, matrix);
            }
        } else {
            Channels.forEach(all, products.m * products.n, matrix -> products.onOneCore(gemm, matrix));
        }
    }

    /** The same in doubles, by plain loops. */
    public static void multiply(INDArray a, INDArray b, INDArray y, boolean transposeA, boolean transposeB) {
        MatrixProducts products = of(a, b, y, transposeA, transposeB);
        Channels.forEach(products.y.samples * products.count, products.m * products.n, products::inDoubles);
    }

    /** Computes the offset of a matrix, in elements. */
    private int start(Operand operand, int matrix) {
        return matrix / count * operand.sampleStride + matrix % count * (operand.sampleSize / count);
    }

    private long address(Operand operand, int matrix) {
        return ForeignMemory.at(operand.address, start(operand, matrix));
    }

    private void onAllCores(Gemm gemm, int matrix) {
        gemm.multiply(
                transposeA,
                transposeB,
                m,
                n,
                k,
                address(a, matrix),
                transposeA ? m : k,
                address(b, matrix),
                transposeB ? k : n,
                0,
                address(y, matrix),
                n);
    }

    private void onOneCore(Gemm gemm, int matrix) {
        gemm.multiplyTile(
                transposeA,
                transposeB,
                0,
                m,
                0,
                n,
                k,
                address(a, matrix),
                transposeA ? m : k,
                address(b, matrix),
                transposeB ? k : n,
                0,
                address(y, matrix),
                n);
    }

    private void inDoubles(int matrix) {
        double[] left = new double[m * k];
        double[] right = new double[k * n];
        double[] product = new double[m * n];
        a.get(start(a, matrix), left);
        b.get(start(b, matrix), right);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += left[transposeA ? l * m + i : i * k + l] * right[transposeB ? j * k + l : l * n + j];
                }
                product[i * n + j] = sum;
            }
        }
        y.put(start(y, matrix), product);
    }
}
