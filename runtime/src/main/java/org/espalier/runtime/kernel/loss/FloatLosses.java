package org.espalier.runtime.kernel.loss;

import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.reduction.BlockSums;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses on floats. */
final class FloatLosses implements LossKernels {
    static final FloatLosses CPU = new FloatLosses();

    private FloatLosses() {}

    /** A loss as a function of prediction − target. */
    private interface Difference {
        /** The sum of the losses; the differences become the gradient. */
        double loss(float[] difference, int n);
    }

    @Override
    public double l1(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        float factor = (float) (scale / Operand.of(prediction).size());
        return loss(prediction, target, scale, dPrediction, (d, n) -> {
            double sum = BlockSums.ofAbsolutes(d, n);
            for (int i = 0; i < n; i++) {
                // The sign, by multiplications that take subnormal numbers past 1 too: Math.signum is not vectorized.
                d[i] = factor * Math.max(-1, Math.min(1, d[i] * 1e30f * 1e30f));
            }
            return sum;
        });
    }

    @Override
    public double mse(INDArray prediction, INDArray target, double scale, INDArray dPrediction) {
        float factor = (float) (2 * scale / Operand.of(prediction).size());
        return loss(prediction, target, scale, dPrediction, (d, n) -> {
            double sum = BlockSums.ofSquares(d, n);
            for (int i = 0; i < n; i++) {
                d[i] *= factor;
            }
            return sum;
        });
    }

    private static double loss(
            INDArray predictions, INDArray targets, double scale, INDArray dPredictions, Difference difference) {
        Operand prediction = Operand.of(predictions);
        Operand target = Operand.of(targets);
        Operand dPrediction = Operand.of(dPredictions);
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

    @Override
    public double crossEntropy(INDArray logitsArray, int[] labels, double scale, INDArray dLogitsArray) {
        Operand logits = Operand.of(logitsArray);
        Operand dLogits = Operand.of(dLogitsArray);
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
