package org.espalier.runtime.kernel.embedding;

import org.espalier.runtime.kernel.memory.Indices;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A row of a matrix for each whole number, in plain loops of double arithmetic. */
public final class ReferenceEmbedding {
    private ReferenceEmbedding() {}

    /** y[i] = W[x[i]]. */
    public static void forward(INDArray x, INDArray weight, INDArray y) {
        int[] rows = Indices.of(x);
        double[] w = Operand.of(weight).read();
        int columns = w.length / Operand.of(weight).samples;
        double[] result = new double[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(w, rows[i] * columns, result, i * columns, columns);
        }
        Operand.of(y).write(result);
    }

    /** dW[x[i]] += dY[i]. */
    public static void backwardWeight(INDArray x, INDArray dY, INDArray dWeight, int padding, boolean accumulate) {
        int[] rows = Indices.of(x);
        double[] gradient = Operand.of(dY).read();
        double[] dW = new double[Operand.of(dWeight).size()];
        int columns = dW.length / Operand.of(dWeight).samples;
        for (int i = 0; i < gradient.length; i++) {
            int row = rows[i / columns];
            if (row != padding) {
                dW[row * columns + i % columns] += gradient[i];
            }
        }
        Operand.of(dWeight).write(dW, accumulate);
    }
}
