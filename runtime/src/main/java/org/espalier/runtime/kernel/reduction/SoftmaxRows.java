package org.espalier.runtime.kernel.reduction;

import org.espalier.inference.curve.FastExponential;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;

/**
 * Softmax of rows that lie in one piece, on floats: as many of them at a time as a block holds, so that one pass of
 * vector instructions takes all their exponentials. Probabilities are within 1e-6 of the exact ones, relatively, and
 * those below 1e-38 are 0.
 *
 * @param length elements of a row
 * @param scale factor of what softmax is taken of
 * @param matrix rows of a matrix whose row i has only its first i + 1 elements, the others being 0; 0 where rows are
 *     whole
 */
record SoftmaxRows(int length, float scale, int matrix) {
    /** An exponential takes as long as so many elements of a copy. */
    private static final int COST = 8;

    private interface Work {
        void run(int sample, int from, int count, Scratch scratch);
    }

    private int limit(int row) {
        return matrix == 0 ? length : Math.min(length, row % matrix + 1);
    }

    private void forEachBlock(Operand like, Work work) {
        int rows = Math.max(1, Scratch.BLOCK / length);
        int block = rows * length;
        int perSample = (like.sampleSize + block - 1) / block;
        Channels.forEach(like.samples * perSample, COST * block, index -> {
            int from = index % perSample * block;
            work.run(index / perSample, from, Math.min(block, like.sampleSize - from), Scratch.get());
        });
    }

    void forward(Operand x, Operand y) {
        forEachBlock(x, (sample, from, count, scratch) -> {
            float[] values = scratch.plane(count);
            x.get(sample * x.sampleStride + from, values, count);
            for (int first = 0; first < count; first += length) {
                subtractLargest(values, first, limit((from + first) / length));
            }
            FastExponential.exp(values, count);
            for (int first = 0; first < count; first += length) {
                int end = first + limit((from + first) / length);
                float factor = (float) (1 / sum(values, first, end));
                for (int i = first; i < end; i++) {
                    values[i] *= factor;
                }
            }
            y.put(sample * y.sampleStride + from, values, count);
        });
    }

    /** The logarithm of softmax, of whole rows. */
    void logarithm(Operand x, Operand y) {
        forEachBlock(x, (sample, from, count, scratch) -> {
            float[] values = scratch.plane(count);
            float[] powers = scratch.row(count);
            x.get(sample * x.sampleStride + from, values, count);
            for (int first = 0; first < count; first += length) {
                subtractLargest(values, first, length);
            }
            System.arraycopy(values, 0, powers, 0, count);
            FastExponential.exp(powers, count);
            for (int first = 0; first < count; first += length) {
                float shift = (float) Math.log(sum(powers, first, first + length));
                for (int i = first; i < first + length; i++) {
                    values[i] -= shift;
                }
            }
            y.put(sample * y.sampleStride + from, values, count);
        });
    }

    /** Scales a row and takes its largest element off it; behind the limit it becomes −∞, whose exponential is 0. */
    private void subtractLargest(float[] values, int first, int limit) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = first; i < first + limit; i++) {
            values[i] *= scale;
            largest = values[i] > largest ? values[i] : largest;
        }
        for (int i = first; i < first + limit; i++) {
            values[i] -= largest;
        }
        for (int i = first + limit; i < first + length; i++) {
            values[i] = Float.NEGATIVE_INFINITY;
        }
    }

    void backward(Operand y, Operand dY, Operand dX) {
        forEachBlock(y, (sample, from, count, scratch) -> {
            float[] values = scratch.plane(count);
            float[] gradients = scratch.row(count);
            y.get(sample * y.sampleStride + from, values, count);
            dY.get(sample * dY.sampleStride + from, gradients, count);
            for (int first = 0; first < count; first += length) {
                int end = first + limit((from + first) / length);
                float mean = (float) product(values, gradients, first, end);
                for (int i = first; i < first + length; i++) {
                    gradients[i] = scale * values[i] * (gradients[i] - mean);
                }
            }
            dX.put(sample * dX.sampleStride + from, gradients, count);
        });
    }

    /** The gradient of the logarithm of softmax, of whole rows. */
    void logarithmBackward(Operand y, Operand dY, Operand dX) {
        forEachBlock(y, (sample, from, count, scratch) -> {
            float[] powers = scratch.plane(count);
            float[] gradients = scratch.row(count);
            y.get(sample * y.sampleStride + from, powers, count);
            dY.get(sample * dY.sampleStride + from, gradients, count);
            FastExponential.exp(powers, count);
            for (int first = 0; first < count; first += length) {
                float sum = (float) sum(gradients, first, first + length);
                for (int i = first; i < first + length; i++) {
                    gradients[i] -= powers[i] * sum;
                }
            }
            dX.put(sample * dX.sampleStride + from, gradients, count);
        });
    }

    /** Four sums at once, which do not wait for each other. */
    private static double sum(float[] values, int from, int end) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = from;
        for (; i + 3 < end; i += 4) {
            sum0 += values[i];
            sum1 += values[i + 1];
            sum2 += values[i + 2];
            sum3 += values[i + 3];
        }
        for (; i < end; i++) {
            sum0 += values[i];
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    private static double product(float[] a, float[] b, int from, int end) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = from;
        for (; i + 3 < end; i += 4) {
            sum0 += a[i] * b[i];
            sum1 += a[i + 1] * b[i + 1];
            sum2 += a[i + 2] * b[i + 2];
            sum3 += a[i + 3] * b[i + 3];
        }
        for (; i < end; i++) {
            sum0 += a[i] * b[i];
        }
        return sum0 + sum1 + (sum2 + sum3);
    }
}
