package org.espalier.runtime.doctor;

import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.kernel.product.Gemm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Measures how fast matrices are multiplied: the best of several products, since a machine may have other things to do.
 */
final class ProductSpeed {
    private static final int SIZE = 768;
    private static final int ROUNDS = 12;

    private ProductSpeed() {}

    /** Billions of multiplications and additions in a second, by all threads. */
    static double gigaflops() {
        INDArray a = NdArrays.detached(DataType.FLOAT, SIZE, SIZE).assign(1);
        INDArray b = NdArrays.detached(DataType.FLOAT, SIZE, SIZE).assign(1);
        INDArray c = NdArrays.detached(DataType.FLOAT, SIZE, SIZE);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            Gemm.CPU.multiply(false, false, SIZE, SIZE, SIZE, address(a), SIZE, address(b), SIZE, 0, address(c), SIZE);
            best = Math.min(best, System.nanoTime() - start);
        }
        a.close();
        b.close();
        c.close();
        return 2.0 * SIZE * SIZE * SIZE / best;
    }

    private static long address(INDArray array) {
        return array.data().address();
    }
}
