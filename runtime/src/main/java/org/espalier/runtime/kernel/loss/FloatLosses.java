package org.espalier.runtime.kernel.loss;

import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.reduction.BlockSums;

/** Losses on floats; the formulas are {@link ReferenceLosses}'s. */
final class FloatLosses {
    private FloatLosses() {}

    /** A loss as a function of prediction − target. */
    private interface Difference {
        /** The sum of the losses; the differences become the gradient. */
        double loss(float[] difference, int n);
    }

    static double l1(Operand prediction, Operand target, double scale, Operand dPrediction) {
        float factor = (float) (scale / prediction.size());
        return loss(prediction, target, scale, dPrediction, (d, n) -> {
            double sum = BlockSums.ofAbsolutes(d, n);
            for (int i = 0; i < n; i++) {
                // The sign, by multiplications that take subnormal numbers past 1 too: Math.signum is not vectorised.
                d[i] = factor * Math.max(-1, Math.min(1, d[i] * 1e30f * 1e30f));
            }
            return sum;
        });
    }

    static double mse(Operand prediction, Operand target, double scale, Operand dPrediction) {
        float factor = (float) (2 * scale / prediction.size());
        return loss(prediction, target, scale, dPrediction, (d, n) -> {
            double sum = BlockSums.ofSquares(d, n);
            for (int i = 0; i < n; i++) {
                d[i] *= factor;
            }
            return sum;
        });
    }

    private static double loss(
            Operand prediction, Operand target, double scale, Operand dPrediction, Difference difference) {
        double[] sums = new double[Blocks.count(prediction.samples, prediction.sampleSize)];
        Blocks.forEach(prediction.samples, prediction.sampleSize, (index, run, from, count, scratch) -> {
            prediction.get(run * prediction.sampleStride + from, scratch.a, count);
            target.get(run * target.sampleStride + from, scratch.b, count);
            FloatElementwise.subtract(scratch.a, scratch.b, count);
            sums[index] = difference.loss(scratch.a, count);
            dPrediction.put(run * dPrediction.sampleStride + from, scratch.a, count);
        });
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return scale * sum / prediction.size();
    }

    static double crossEntropy(Operand logits, int[] labels, double scale, Operand dLogits) {
        int classes = logits.sampleSize;
        float[] row = new float[classes];
        double[] exponentials = new double[classes];
        double factor = scale / labels.length;
        double sum = 0;
        for (int n = 0; n < labels.length; n++) {
            logits.get(n * logits.sampleStride, row, classes);
            float largest = Float.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                largest = Math.max(largest, row[c]);
            }
            double total = 0;
            for (int c = 0; c < classes; c++) {
                exponentials[c] = Math.exp((double) row[c] - largest);
                total += exponentials[c];
            }
            sum += Math.log(total) + largest - row[labels[n]];
            for (int c = 0; c < classes; c++) {
                row[c] = (float) (factor * (exponentials[c] / total - (c == labels[n] ? 1 : 0)));
            }
            dLogits.put(n * dLogits.sampleStride, row, classes);
        }
        return scale * sum / labels.length;
    }
}
