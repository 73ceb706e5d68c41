package org.espalier.runtime.kernel.reduction;

import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights of attention: softmax of scaled products [batch, …, queries, keys], of all keys or of those up to the query.
 */
public final class AttentionKernel {
    private AttentionKernel() {}

    /** y = softmax(scale · x); y may be x. */
    public static void forward(INDArray x, INDArray y, double scale, boolean causal) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        int keys = keys(x);
        int queries = Math.toIntExact(x.size(x.rank() - 2));
        if (from.isFloat) {
            new SoftmaxRows(keys, (float) scale, causal ? queries : 0).forward(from, to);
            return;
        }
        double[] values = from.read();
        double[] result = new double[values.length];
        for (int first = 0; first < values.length; first += keys) {
            int end = first + (causal ? Math.min(keys, first / keys % queries + 1) : keys);
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = first; i < end; i++) {
                largest = Math.max(largest, scale * values[i]);
            }
            double sum = 0;
            for (int i = first; i < end; i++) {
                sum += Math.exp(scale * values[i] - largest);
            }
            for (int i = first; i < end; i++) {
                result[i] = Math.exp(scale * values[i] - largest) / sum;
            }
        }
        to.write(result);
    }

    /** dX = scale · y (dY − Σ dY y), which is 0 for keys that the query does not see; dX may be dY. */
    public static void backward(INDArray y, INDArray dY, INDArray dX, double scale) {
        Operand weights = Operand.of(y);
        int keys = keys(y);
        if (weights.isFloat) {
            new SoftmaxRows(keys, (float) scale, 0).backward(weights, Operand.of(dY), Operand.of(dX));
            return;
        }
        double[] values = weights.read();
        double[] gradients = Operand.of(dY).read();
        for (int first = 0; first < values.length; first += keys) {
            double mean = 0;
            for (int i = first; i < first + keys; i++) {
                mean += values[i] * gradients[i];
            }
            for (int i = first; i < first + keys; i++) {
                gradients[i] = scale * values[i] * (gradients[i] - mean);
            }
        }
        Operand.of(dX).write(gradients);
    }

    private static int keys(INDArray weights) {
        return Math.toIntExact(weights.size(weights.rank() - 1));
    }
}
