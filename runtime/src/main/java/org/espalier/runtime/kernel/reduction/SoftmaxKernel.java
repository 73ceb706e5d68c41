package org.espalier.runtime.kernel.reduction;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Softmax along an axis of each sample, at each place of the others; and its logarithm. */
public final class SoftmaxKernel {
    private SoftmaxKernel() {}

    /** Lines along an axis: elements of each, and how far apart these are. */
    private record Lines(int length, int step) {
        static Lines along(INDArray array, int axis) {
            long step = 1;
            for (int after = axis + 1; after < array.rank(); after++) {
                step *= array.size(after);
            }
            return new Lines(Math.toIntExact(array.size(axis)), Math.toIntExact(step));
        }

        /** Elements from the first of a line to behind its last. */
        int extent() {
            return length * step;
        }

        /** The first element of the line that an element is in. */
        int start(int element) {
            return element / extent() * extent() + element % step;
        }

        /** The number of the line that an element is in. */
        int number(int element) {
            return element / extent() * step + element % step;
        }
    }

    public static void forward(INDArray x, INDArray y, int axis, boolean log) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        Lines lines = Lines.along(x, axis);
        int step = lines.step;
        int extent = lines.extent();
        if (from.isFloat && step == 1) {
            SoftmaxRows rows = new SoftmaxRows(lines.length, 1, 0);
            if (log) {
                rows.logarithm(from, to);
            } else {
                rows.forward(from, to);
            }
            return;
        }
        if (from.isFloat) {
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
            return;
        }
        double[] values = from.read();
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int first = lines.start(i);
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < lines.length; k++) {
                largest = Math.max(largest, values[first + k * step]);
            }
            double sum = 0;
            for (int k = 0; k < lines.length; k++) {
                sum += Math.exp(values[first + k * step] - largest);
            }
            result[i] = log ? values[i] - largest - Math.log(sum) : Math.exp(values[i] - largest) / sum;
        }
        to.write(result);
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
        Lines lines = Lines.along(y, axis);
        int step = lines.step;
        int extent = lines.extent();
        if (result.isFloat && step == 1) {
            SoftmaxRows rows = new SoftmaxRows(lines.length, 1, 0);
            if (log) {
                rows.logarithmBackward(result, Operand.of(dY), Operand.of(dX));
            } else {
                rows.backward(result, Operand.of(dY), Operand.of(dX));
            }
            return;
        }
        if (result.isFloat) {
            Operand from = Operand.of(dY);
            Operand to = Operand.of(dX);
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
            return;
        }
        double[] values = result.read();
        double[] gradients = Operand.of(dY).read();
        double[] sums = new double[values.length / lines.length];
        for (int i = 0; i < values.length; i++) {
            sums[lines.number(i)] += log ? gradients[i] : gradients[i] * values[i];
        }
        double[] to = Arrays.copyOf(gradients, gradients.length);
        for (int i = 0; i < values.length; i++) {
            double sum = sums[lines.number(i)];
            to[i] = log ? gradients[i] - Math.exp(values[i]) * sum : values[i] * (gradients[i] - sum);
        }
        Operand.of(dX).write(to);
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
}
