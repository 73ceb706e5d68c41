package org.espalier.runtime.cpu;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.espalier.runtime.kernel.product.Blas;
import org.espalier.runtime.kernel.product.PackedMatrix;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Matrix products and sums of squares by OpenBLAS, through cblas on addresses: ND4J's own gemm takes 20 to 40 µs for a
 * small product, this 1 µs.
 *
 * <p>OpenBLAS is set to one thread, for the whole process: kernels cut products up themselves. Its own threads spin
 * while they wait, which costs a busy machine far more than the second core brings.
 *
 * <p>OpenBLAS copies the parts of both matrices that it multiplies into an order of its own, which takes as long as the
 * multiplications where a product has few rows or columns. With AVX-512 it multiplies small matrices as they lie, at
 * the speed of large ones. So products are cut into small ones there, unless they are so large that copying is cheap.
 */
public final class OpenBlas implements Blas {
    private static final ThreadLocal<Operands> OPERANDS = ThreadLocal.withInitial(Operands::new);

    /** Capability level that ND4J gives a CPU with AVX-512. */
    private static final int AVX_512 = 3;

    /** Multiplications of the largest product that OpenBLAS computes without copying. */
    private static final int SMALL = 1_000_000;

    /** Rows and columns of C in a piece: the part of B that a piece reads stays in the cache for the next ones. */
    private static final int ROWS = 64;

    private static final int COLUMNS = 128;

    /**
     * Elements of C in a piece of a product with Aᵀ, which has more than {@code ROWS} rows if it has few columns: these
     * rows are next to each other in A, which is read from the memory in as long runs.
     */
    private static final int PIECE = ROWS * COLUMNS;

    /** From this size on, in each direction, copying costs less than reading the same again for many pieces. */
    private static final int LARGE = 512;

    /** Floats of a vector from which on products by the Vector API are as fast. */
    private static final int LEAST_LANES = 8;

    private final boolean hasSmallProducts;

    /** Loads the library. */
    public OpenBlas() {
        // ND4J sets the number of threads when it makes its own BLAS; after that, it stays as set here.
        Nd4j.factory().blas();
        openblas.blas_set_num_threads(1);
        hasSmallProducts = NativeOpsHolder.getInstance().getDeviceNativeOps().optimalLevel() >= AVX_512;
    }

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
        if (!hasSmallProducts
                // OpenBLAS has no fast small product with Bᵀ.
                || transposeB
                || (long) m * n * k <= SMALL
                || Math.min(m, Math.min(n, k)) >= LARGE) {
            multiply(transposeA, transposeB, m, n, k, a, lda, b, ldb, beta, c, ldc);
            return;
        }
        int columns = Math.min(COLUMNS, n);
        int rows = Math.min(transposeA ? Math.max(ROWS, PIECE / columns) : ROWS, m);
        int depth = SMALL / (rows * columns);
        for (int j = 0; j < n; j += columns) {
            for (int l = 0; l < k; l += depth) {
                for (int i = 0; i < m; i += rows) {
                    multiply(
                            transposeA,
                            false,
                            Math.min(rows, m - i),
                            Math.min(columns, n - j),
                            Math.min(depth, k - l),
                            at(a, transposeA ? l : i, lda, transposeA ? i : l),
                            lda,
                            at(b, l, ldb, j),
                            ldb,
                            l == 0 ? beta : 1,
                            at(c, i, ldc, j),
                            ldc);
                }
            }
        }
    }

    @Override
    public PackedMatrix pack(boolean transposeB, int n, int k, long b, int ldb) {
        if (VectorApi.LANES < LEAST_LANES) {
            return Blas.super.pack(transposeB, n, k, b, ldb);
        }
        VectorWarmUp.tiles();
        return new VectorMatrix(transposeB, n, k, b, ldb);
    }

    @Override
    public double squares(long x, int n) {
        Address numbers = OPERANDS.get().a.at(x);
        return openblas.cblas_dsdot(n, numbers, 1, numbers, 1);
    }

    @Override
    public String description() {
        return openblas.OPENBLAS_VERSION.strip();
    }

    /** The address of a matrix's element. */
    private static long at(long matrix, int row, int stride, int column) {
        return matrix + ((long) row * stride + column) * Float.BYTES;
    }

    private static void multiply(
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
        Operands operands = OPERANDS.get();
        openblas.cblas_sgemm(
                openblas.CblasRowMajor,
                transposeA ? openblas.CblasTrans : openblas.CblasNoTrans,
                transposeB ? openblas.CblasTrans : openblas.CblasNoTrans,
                m,
                n,
                k,
                1,
                operands.a.at(a),
                lda,
                operands.b.at(b),
                ldb,
                beta,
                operands.c.at(c),
                ldc);
    }

    /** One thread's pointers, so that a call makes no objects. */
    private static final class Operands {
        private final Address a = new Address();
        private final Address b = new Address();
        private final Address c = new Address();
    }

    private static final class Address extends FloatPointer {
        Address at(long to) {
            address = to;
            return this;
        }
    }
}
