package org.espalier.runtime.kernel.product;

/**
 * Matrix products and sums of squares, all that is asked of a native library. An implementation is found as a
 * {@link java.util.ServiceLoader} service; without one, they are computed in Java.
 */
public interface Blas {
    /**
     * C = op(A) op(B) + β C for float matrices in row-major order, on the calling thread alone: kernels cut large
     * products up and call this from several threads at a time.
     *
     * @param transposeA whether op(A) = Aᵀ, so that A is [k, m] rather than [m, k]
     * @param transposeB whether op(B) = Bᵀ, so that B is [n, k] rather than [k, n]
     * @param m rows of C
     * @param n columns of C
     * @param k columns of op(A), rows of op(B)
     * @param a address of A's first element
     * @param lda elements from one row of A to the next
     * @param b address of B's first element
     * @param ldb elements from one row of B to the next
     * @param beta 0, which leaves C unread, or 1
     * @param c address of C's first element; C must not overlap A or B
     * @param ldc elements from one row of C to the next
     */
    void sgemm(
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
            int ldc);

    /**
     * Prepares op(B) for several products.
     *
     * @param transposeB whether op(B) = Bᵀ, so that B is [n, k] rather than [k, n]
     * @param n columns of op(B)
     * @param k rows of op(B)
     * @param b address of B's first element
     * @param ldb elements from one row of B to the next
     */
    default PackedMatrix pack(boolean transposeB, int n, int k, long b, int ldb) {
        return (m, a, lda, beta, c, ldc) -> sgemm(false, transposeB, m, n, k, a, lda, b, ldb, beta, c, ldc);
    }

    /**
     * Σ x², on the calling thread alone, as fast as the numbers can be read. Squares and some of their sums are in
     * single precision, so the result may be infinite though every number is finite; if one is not, neither is the
     * result.
     *
     * @param x address of the first number
     * @param n how many
     */
    double squares(long x, int n);

    /** Name and version, for those who want to know what computes: {@code OpenBLAS 0.3.31}. */
    default String description() {
        return getClass().getName();
    }
}
