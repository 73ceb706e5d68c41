package org.espalier.runtime.kernel.reduction;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Softmax of floats along an axis of each sample, at each place of the others, and its logarithm; weights of attention,
 * the softmax of scaled products [batch, …, queries, keys], of all keys or of those up to the query.
 */
public final class FloatSoftmax {
    private FloatSoftmax() {}

    public static void forward(INDArray x, INDArray y, int axis, boolean log) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        Lines lines = Lines.along(x, axis);
        if (lines.step() == 1) {
            SoftmaxRows rows = new SoftmaxRows(lines.length(), 1, 0, false);
            if (log) {
                rows.logarithm(from, to);
            } else {
                rows.forward(from, to);
            }
            return;
        }
        int step = lines.step();
        int extent = lines.extent();
        Channels.forEach(from.samples, from.sampleSize, n -> {
            float[] values = Scratch.get().plane(from.sampleSize);
            from.get(n * from.sampleStride, values, from.sampleSize);
            for (int block = 0; block < from.sampleSize; block += extent) {
                for (int first = block; first < block + step; first++) {
                    forward(values, first, first + extent, step, log);
                }
            }
            to.put(n * to.sampleStride, values, from.sampleSize);
        });
    }

    /** One line, in place. */
    private static void forward(float[] values, int first, int end, int step, boolean log) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = first; i < end; i += step) {
            largest = Math.max(largest, values[i]);
        }
        double sum = 0;
        for (int i = first; i < end; i += step) {
            sum += Math.exp(values[i] - largest);
        }
        double shift = largest + Math.log(sum);
        for (int i = first; i < end; i += step) {
            values[i] = (float) (log ? values[i] - shift : Math.exp(values[i] - largest) / sum);
        }
    }

    public static void backward(INDArray y, INDArray dY, INDArray dX, int axis, boolean log) {
        Operand result = Operand.of(y);
        Operand from = Operand.of(dY);
        Operand to = Operand.of(dX);
        Lines lines = Lines.along(y, axis);
        if (lines.step() == 1) {
            SoftmaxRows rows = new SoftmaxRows(lines.length(), 1, 0, false);
            if (log) {
                rows.logarithmBackward(result, from, to);
            } else {
                rows.backward(result, from, to);
            }
            return;
        }
        int step = lines.step();
        int extent = lines.extent();
        Channels.forEach(result.samples, result.sampleSize, n -> {
            Scratch scratch = Scratch.get();
            float[] values = scratch.plane(result.sampleSize);
            float[] gradients = scratch.row(result.sampleSize);
            result.get(n * result.sampleStride, values, result.sampleSize);
            from.get(n * from.sampleStride, gradients, result.sampleSize);
            for (int block = 0; block < result.sampleSize; block += extent) {
                for (int first = block; first < block + step; first++) {
                    backward(values, gradients, first, first + extent, step, log);
                }
            }
            to.put(n * to.sampleStride, gradients, result.sampleSize);
        });
    }

    private static void backward(float[] y, float[] d, int first, int end, int step, boolean log) {
        double sum = 0;
        for (int i = first; i < end; i += step) {
            sum += log ? d[i] : d[i] * y[i];
        }
        for (int i = first; i < end; i += step) {
            d[i] = (float) (log ? d[i] - Math.exp(y[i]) * sum : y[i] * (d[i] - sum));
        }
    }

    /** y = softmax(scale · x), 0 for rows of −∞; y may be x. */
    public static void weights(INDArray x, INDArray y, double scale, boolean causal) {
        int queries = Lines.along(x, x.rank() - 2).length();
        rows(x, scale, causal ? queries : 0).forward(Operand.of(x), Operand.of(y));
    }

    /** dX = scale · y (dY − Σ dY y), which is 0 for keys that the query does not see; dX may be dY. */
    public static void weightsBackward(INDArray y, INDArray dY, INDArray dX, double scale) {
        rows(y, scale, 0).backward(Operand.of(y), Operand.of(dY), Operand.of(dX));
    }

    private static SoftmaxRows rows(INDArray weights, double scale, int queries) {
        return new SoftmaxRows(Lines.along(weights, weights.rank() - 1).length(), (float) scale, queries, true);
    }
}
