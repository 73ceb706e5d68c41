package org.espalier.runtime.kernel.product;

/**
 * The right factor of several products, in the order that a processor multiplies by it fastest. It holds while the
 * matrix that it was made of is there and does not change; several threads may use it at a time.
 */
@FunctionalInterface
public interface PackedMatrix {
    /**
     * C = A B + β C, on the calling thread alone, where B is this matrix.
     *
     * @param m rows of A and C
     * @param a address of A's first element
     * @param lda elements from one row of A to the next
     * @param beta 0, which leaves C unread, or 1
     * @param c address of C's first element; C must not overlap A or B
     * @param ldc elements from one row of C to the next
     */
    void multiply(int m, long a, int lda, float beta, long c, int ldc);
}
