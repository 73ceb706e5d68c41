package org.espalier.runtime.kernel.reduction;

import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Softmax, its logarithm and weights of attention of doubles, by their definitions. */
public final class ReferenceSoftmax {
    private ReferenceSoftmax() {}

    public static void forward(INDArray x, INDArray y, int axis, boolean log) {
        double[] values = Operand.of(x).read();
        double[] result = new double[values.length];
        Lines lines = Lines.along(x, axis);
        for (int i = 0; i < values.length; i++) {
            int first = lines.start(i);
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < lines.length(); k++) {
                largest = Math.max(largest, values[first + k * lines.step()]);
            }
            double sum = 0;
            for (int k = 0; k < lines.length(); k++) {
                sum += Math.exp(values[first + k * lines.step()] - largest);
            }
            result[i] = log ? values[i] - largest - Math.log(sum) : Math.exp(values[i] - largest) / sum;
        }
        Operand.of(y).write(result);
    }

    public static void backward(INDArray y, INDArray dY, INDArray dX, int axis, boolean log) {
        double[] values = Operand.of(y).read();
        double[] gradients = Operand.of(dY).read();
        Lines lines = Lines.along(y, axis);
        double[] sums = new double[values.length / lines.length()];
        for (int i = 0; i < values.length; i++) {
            sums[lines.number(i)] += log ? gradients[i] : gradients[i] * values[i];
        }
        for (int i = 0; i < values.length; i++) {
            double sum = sums[lines.number(i)];
            gradients[i] = log ? gradients[i] - Math.exp(values[i]) * sum : values[i] * (gradients[i] - sum);
        }
        Operand.of(dX).write(gradients);
    }

    /** y = softmax(scale · x); y may be x. */
    public static void weights(INDArray x, INDArray y, double scale, boolean causal) {
        int keys = Lines.along(x, x.rank() - 1).length();
        int queries = Lines.along(x, x.rank() - 2).length();
        double[] values = Operand.of(x).read();
        double[] result = new double[values.length];
        for (int first = 0; first < values.length; first += keys) {
            int end = first + (causal ? Math.min(keys, first / keys % queries + 1) : keys);
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = first; i < end; i++) {
                largest = Math.max(largest, scale * values[i]);
            }
            if (largest == Double.NEGATIVE_INFINITY) {
                continue; // All keys are hidden.
            }
            double sum = 0;
            for (int i = first; i < end; i++) {
                sum += Math.exp(scale * values[i] - largest);
            }
            for (int i = first; i < end; i++) {
                result[i] = Math.exp(scale * values[i] - largest) / sum;
            }
        }
        Operand.of(y).write(result);
    }

    /** dX = scale · y (dY − Σ dY y), which is 0 for keys that the query does not see; dX may be dY. */
    public static void weightsBackward(INDArray y, INDArray dY, INDArray dX, double scale) {
        int keys = Lines.along(y, y.rank() - 1).length();
        double[] values = Operand.of(y).read();
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
}
