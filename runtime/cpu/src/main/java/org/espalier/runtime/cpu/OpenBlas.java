package org.espalier.runtime.cpu;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.espalier.runtime.kernel.Blas;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Matrix products by OpenBLAS, through cblas on addresses: ND4J's own gemm takes 20 to 40 µs for a small product, this
 * 1 µs.
 *
 * <p>OpenBLAS is set to one thread, for the whole process: kernels cut products up themselves. Its own threads spin
 * while they wait, which costs a busy machine far more than the second core brings.
 */
public final class OpenBlas implements Blas {
    private static final ThreadLocal<Operands> OPERANDS = ThreadLocal.withInitial(Operands::new);

    /** Loads the library. */
    public OpenBlas() {
        // ND4J sets the number of threads when it makes its own BLAS; after that, it stays as set here.
        Nd4j.factory().blas();
        openblas.blas_set_num_threads(1);
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
