package org.espalier.runtime.kernel.product;

import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Parallel;

/** Matrix products on all cores by a BLAS that works on one: what is large is cut into tiles. */
public final class Gemm {
    /** That of the CPU, by its native BLAS if there is one. */
    public static final Gemm CPU = new Gemm(find());

    /** Products that cost fewer multiplications than this, about 5 µs, run on the calling thread. */
    private static final long WORTH_CUTTING = 1L << 18;

    /** Rows or columns of a tile are a multiple of this, which is one of the BLAS kernels' own tiles. */
    private static final int GRAIN = 16;

    private final Blas blas;

    Gemm(Blas blas) {
        this.blas = blas;
    }

    /** Name and version of the BLAS. */
    public String description() {
        return blas.description();
    }

    /** Tells whether there is no native BLAS. */
    public boolean isInJava() {
        return blas instanceof JavaBlas;
    }

    /** Part of a product: the rows {@code m0} to {@code m1} and columns {@code n0} to {@code n1} (exclusive) of C. */
    @FunctionalInterface
    public interface Tile {
        void run(int m0, int m1, int n0, int n1);
    }

    /** Tells whether a product is large enough to be computed by several threads. */
    public boolean isWorthCutting(int m, int n, int k) {
        // Where a matrix is used once, as with one sample, reading a number takes as long as two multiplications.
        long elements = (long) m * n + (long) m * k + (long) n * k;
        return (long) m * n * k + 2 * elements >= WORTH_CUTTING;
    }

    /** Cuts C [m, n], a product of depth k, along its longer side and runs its tiles in parallel. */
    public void tiles(int m, int n, int k, Tile tile) {
        int longer = Math.max(m, n);
        int parts = isWorthCutting(m, n, k) ? Math.min(Parallel.THREADS, longer / (2 * GRAIN)) : 1;
        if (parts <= 1) {
            tile.run(0, m, 0, n);
        } else if (m >= n) {
            Parallel.forEach(parts, part -> tile.run(cut(m, part, parts), cut(m, part + 1, parts), 0, n));
        } else {
            Parallel.forEach(parts, part -> tile.run(0, m, cut(n, part, parts), cut(n, part + 1, parts)));
        }
    }

    /** Computes the start of part {@code part} of the {@code parts} into which {@code size} is cut. */
    private static int cut(int size, int part, int parts) {
        return part == parts ? size : (int) ((long) size * part / parts / GRAIN * GRAIN);
    }

    /** {@link Blas#sgemm} cut into tiles. */
    public void multiply(
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
        tiles(
                m,
                n,
                k,
                (m0, m1, n0, n1) ->
                        multiplyTile(transposeA, transposeB, m0, m1, n0, n1, k, a, lda, b, ldb, beta, c, ldc));
    }

    /** One tile of {@link Blas#sgemm}. */
    public void multiplyTile(
            boolean transposeA,
            boolean transposeB,
            int m0,
            int m1,
            int n0,
            int n1,
            int k,
            long a,
            int lda,
            long b,
            int ldb,
            float beta,
            long c,
            int ldc) {
        blas.sgemm(
                transposeA,
                transposeB,
                m1 - m0,
                n1 - n0,
                k,
                ForeignMemory.at(a, transposeA ? m0 : (long) m0 * lda),
                lda,
                ForeignMemory.at(b, transposeB ? (long) n0 * ldb : n0),
                ldb,
                beta,
                ForeignMemory.at(c, (long) m0 * ldc + n0),
                ldc);
    }

    /** {@link Blas#pack}. */
    public PackedMatrix pack(boolean transposeB, int n, int k, long b, int ldb) {
        return blas.pack(transposeB, n, k, b, ldb);
    }

    /** {@link Blas#squares}, on the calling thread alone. */
    double squares(long x, int n) {
        return blas.squares(x, n);
    }

    private static Blas find() {
        Iterator<Blas> found = ServiceLoader.load(Blas.class).iterator();
        try {
            if (found.hasNext()) {
                return found.next();
            }
        } catch (ServiceConfigurationError | LinkageError error) {
            System.getLogger(Gemm.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the native BLAS on the class path cannot be loaded here; matrix products are computed in Java, "
                                    + "which is slow",
                            error);
        }
        return new JavaBlas();
    }
}
