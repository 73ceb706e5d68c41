package org.espalier.runtime.kernel;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Softmax over the channels of each sample, at each place of an image; and its logarithm. */
final class Softmax {
    private Softmax() {}

    static void forward(INDArray x, INDArray y, boolean log) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        int plane = from.sampleSize / from.channels;
        if (from.isFloat) {
            Channels.forEach(from.samples, from.sampleSize, n -> {
                float[] values = Scratch.get().plane(from.sampleSize);
                from.get(n * from.sampleStride, values, from.sampleSize);
                for (int place = 0; place < plane; place++) {
                    forward(values, place, plane, from.channels, log);
                }
                to.put(n * to.sampleStride, values, from.sampleSize);
            });
            return;
        }
        double[] values = from.read();
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int first = i / from.sampleSize * from.sampleSize + i % plane;
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < from.channels; k++) {
                largest = Math.max(largest, values[first + k * plane]);
            }
            double sum = 0;
            for (int k = 0; k < from.channels; k++) {
                sum += Math.exp(values[first + k * plane] - largest);
            }
            result[i] = log ? values[i] - largest - Math.log(sum) : Math.exp(values[i] - largest) / sum;
        }
        to.write(result);
    }

    /** The channels of one place, each {@code plane} after the last. */
    private static void forward(float[] values, int first, int plane, int channels, boolean log) {
        int end = first + channels * plane;
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = first; i < end; i += plane) {
            largest = Math.max(largest, values[i]);
        }
        double sum = 0;
        for (int i = first; i < end; i += plane) {
            sum += Math.exp(values[i] - largest);
        }
        double shift = largest + Math.log(sum);
        for (int i = first; i < end; i += plane) {
            values[i] = (float) (log ? values[i] - shift : Math.exp(values[i] - largest) / sum);
        }
    }

    static void backward(INDArray y, INDArray dY, INDArray dX, boolean log) {
        Operand result = Operand.of(y);
        int plane = result.sampleSize / result.channels;
        if (result.isFloat) {
            Operand from = Operand.of(dY);
            Operand to = Operand.of(dX);
            Channels.forEach(result.samples, result.sampleSize, n -> {
                Scratch scratch = Scratch.get();
                float[] values = scratch.plane(result.sampleSize);
                float[] gradients = scratch.row(result.sampleSize);
                result.get(n * result.sampleStride, values, result.sampleSize);
                from.get(n * from.sampleStride, gradients, result.sampleSize);
                for (int place = 0; place < plane; place++) {
                    backward(values, gradients, place, plane, result.channels, log);
                }
                to.put(n * to.sampleStride, gradients, result.sampleSize);
            });
            return;
        }
        double[] values = result.read();
        double[] gradients = Operand.of(dY).read();
        double[] sums = new double[result.samples * plane];
        for (int i = 0; i < values.length; i++) {
            sums[i / result.sampleSize * plane + i % plane] += log ? gradients[i] : gradients[i] * values[i];
        }
        double[] to = Arrays.copyOf(gradients, gradients.length);
        for (int i = 0; i < values.length; i++) {
            double sum = sums[i / result.sampleSize * plane + i % plane];
            to[i] = log ? gradients[i] - Math.exp(values[i]) * sum : values[i] * (gradients[i] - sum);
        }
        Operand.of(dX).write(to);
    }

    private static void backward(float[] y, float[] d, int first, int plane, int channels, boolean log) {
        int end = first + channels * plane;
        double sum = 0;
        for (int i = first; i < end; i += plane) {
            sum += log ? d[i] : d[i] * y[i];
        }
        for (int i = first; i < end; i += plane) {
            d[i] = (float) (log ? d[i] - Math.exp(y[i]) * sum : y[i] * (d[i] - sum));
        }
    }
}
