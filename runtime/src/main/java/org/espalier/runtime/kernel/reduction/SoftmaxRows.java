package org.espalier.runtime.kernel.reduction;

import java.util.Arrays;
import org.espalier.inference.curve.FastExponential;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
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
 * @param hiding whether a row of −∞ becomes 0, as weights of attention that are all hidden; otherwise it has no softmax
 */
record SoftmaxRows(int length, float scale, int matrix, boolean hiding) {
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
            float[] ofRows = scratch.row(count);
            subtractLargest(values, ofRows, from, count);
            FastExponential.exp(values, count);
            for (int first = 0; first < count; first += length) {
                int end = first + limit((from + first) / length);
                double sum = BlockSums.of(values, first, end);
                // The largest has the exponential 1, so the sum is 0 only where all are hidden.
                Arrays.fill(ofRows, first, first + length, sum == 0 ? 0 : (float) (1 / sum));
            }
            FloatElementwise.multiply(values, ofRows, count);
            y.put(sample * y.sampleStride + from, values, count);
        });
    }

    /** The logarithm of softmax, of whole rows. */
    void logarithm(Operand x, Operand y) {
        forEachBlock(x, (sample, from, count, scratch) -> {
            float[] values = scratch.plane(count);
            float[] powers = scratch.row(count);
            x.get(sample * x.sampleStride + from, values, count);
            subtractLargest(values, powers, from, count);
            System.arraycopy(values, 0, powers, 0, count);
            FastExponential.exp(powers, count);
            for (int first = 0; first < count; first += length) {
                float shift = (float) Math.log(BlockSums.of(powers, first, first + length));
                for (int i = first; i < first + length; i++) {
                    values[i] -= shift;
                }
            }
            y.put(sample * y.sampleStride + from, values, count);
        });
    }

    /**
     * Scales rows and takes the largest element of each off it; behind the limit they become −∞, whose exponential is
     * 0.
     */
    private void subtractLargest(float[] values, float[] largest, int from, int count) {
        multiply(values, scale, count);
        for (int first = 0; first < count; first += length) {
            int end = first + limit((from + first) / length);
            float most = largest(values, first, end);
            Arrays.fill(largest, first, first + length, hiding && most == Float.NEGATIVE_INFINITY ? 0 : most);
            Arrays.fill(values, end, first + length, Float.NEGATIVE_INFINITY);
        }
        subtract(values, largest, count);
    }

    // Conditions would be branches, a few of which in each row are not foreseen.

    /** The largest of some elements, by four comparisons that do not wait for each other. */
    private static float largest(float[] values, int from, int to) {
        float largest0 = Float.NEGATIVE_INFINITY;
        float largest1 = Float.NEGATIVE_INFINITY;
        float largest2 = Float.NEGATIVE_INFINITY;
        float largest3 = Float.NEGATIVE_INFINITY;
        int i = from;
        for (; i + 3 < to; i += 4) {
            largest0 = Math.max(largest0, values[i]);
            largest1 = Math.max(largest1, values[i + 1]);
            largest2 = Math.max(largest2, values[i + 2]);
            largest3 = Math.max(largest3, values[i + 3]);
        }
        for (; i < to; i++) {
            largest0 = Math.max(largest0, values[i]);
        }
        return Math.max(Math.max(largest0, largest1), Math.max(largest2, largest3));
    }

    private static void multiply(float[] values, float factor, int n) {
        for (int i = 0; i < n; i++) {
            values[i] *= factor;
        }
    }

    private static void subtract(float[] values, float[] others, int n) {
        for (int i = 0; i < n; i++) {
            values[i] -= others[i];
        }
    }

    void backward(Operand y, Operand dY, Operand dX) {
        forEachBlock(y, (sample, from, count, scratch) -> {
            float[] values = scratch.plane(count);
            float[] gradients = scratch.row(count);
            y.get(sample * y.sampleStride + from, values, count);
            dY.get(sample * dY.sampleStride + from, gradients, count);
            float[] means = scratch.lane(count);
            for (int first = 0; first < count; first += length) {
                int end = first + limit((from + first) / length);
                Arrays.fill(means, first, first + length, (float) BlockSums.ofProducts(values, gradients, first, end));
            }
            combine(values, gradients, means, count);
            dX.put(sample * dX.sampleStride + from, gradients, count);
        });
    }

    /** gradients = scale · y (gradients − means). */
    private void combine(float[] y, float[] gradients, float[] means, int n) {
        float factor = scale;
        for (int i = 0; i < n; i++) {
            gradients[i] = factor * y[i] * (gradients[i] - means[i]);
        }
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
                float sum = (float) BlockSums.of(gradients, first, first + length);
                for (int i = first; i < first + length; i++) {
                    gradients[i] -= powers[i] * sum;
                }
            }
            dX.put(sample * dX.sampleStride + from, gradients, count);
        });
    }
}
