package org.espalier.runtime.kernel.product;

/** Sums of squares of floats outside the heap. */
public final class Squares {
    private Squares() {}

    /** {@link Blas#squares} by the BLAS that kernels use. */
    public static double sum(long address, int count) {
        return Gemm.CPU.squares(address, count);
    }
}
