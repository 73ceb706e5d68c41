package org.espalier.runtime.optim.update;

import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.product.MatrixProducts;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Newton and Schulz's iteration on one matrix, which brings its singular values near 1. */
final class NewtonSchulz {
    private final INDArray x;
    /** The longer side is that of the rows; then products are Xᵀ X, so that they are small. */
    private final boolean tall;

    private final INDArray gram;
    private final INDArray polynomial;
    private final INDArray product;

    /** @param x matrix without gaps, which is iterated in place */
    NewtonSchulz(INDArray x) {
        this.x = x;
        this.tall = x.rows() > x.columns();
        long side = Math.min(x.rows(), x.columns());
        this.gram = NdArrays.detached(x.dataType(), side, side);
        this.polynomial = NdArrays.detached(x.dataType(), side, side);
        this.product = NdArrays.detached(x.dataType(), x.rows(), x.columns());
    }

    /** Counts the numbers that it holds besides the matrix. */
    long numbers() {
        return gram.length() + polynomial.length() + product.length();
    }

    /**
     * Divides X by a number, then does X ← a X + (b X Xᵀ + c (X Xᵀ)²) X.
     *
     * @param divisor the norm of X or more, so that no singular value is above 1
     * @param steps how often
     */
    void run(double divisor, double a, double b, double c, int steps) {
        x.divi(divisor);
        for (int step = 0; step < steps; step++) {
            multiply(x, x, gram, tall, !tall);
            multiply(gram, gram, polynomial, false, false);
            polynomial.muli(c).addi(gram.muli(b));
            if (tall) {
                multiply(x, polynomial, product, false, false);
            } else {
                multiply(polynomial, x, product, false, false);
            }
            x.muli(a).addi(product);
        }
    }

    private static void multiply(INDArray left, INDArray right, INDArray result, boolean turnLeft, boolean turnRight) {
        if (result.dataType() == DataType.FLOAT) {
            MatrixProducts.multiply(Gemm.CPU, left, right, result, turnLeft, turnRight);
        } else {
            MatrixProducts.multiply(left, right, result, turnLeft, turnRight);
        }
    }
}
