package org.espalier.runtime.kernel.loss;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses that want the scores of right classes above those of the others by a margin, in double arithmetic. */
public final class MarginLosses {
    private MarginLosses() {}

    /** The loss of one sample's scores; what it adds to their gradient. */
    private interface Row {
        double loss(int sample, double[] x, double[] dX);
    }

    /** Mean over samples of w[label]/classes Σ max(0, margin − x[label] + x[i])ᵖ over the other classes. */
    public static double multiMargin(
            INDArray scores,
            INDArray labels,
            double[] weights,
            int power,
            double margin,
            double scale,
            INDArray dScores) {
        Operand x = Operand.of(scores);
        int classes = x.sampleSize;
        int[] found = Labels.of(labels, x.samples, classes, 0);
        return mean(x, scale, Operand.of(dScores), (sample, row, dRow) -> {
            int label = found[sample];
            double factor = (weights.length == 0 ? 1 : weights[label]) / classes;
            double sum = 0;
            for (int i = 0; i < classes; i++) {
                double missing = margin - row[label] + row[i];
                if (i != label && missing > 0) {
                    sum += factor * (power == 1 ? missing : missing * missing);
                    double slope = factor * (power == 1 ? 1 : 2 * missing);
                    dRow[i] += slope;
                    dRow[label] -= slope;
                }
            }
            return sum;
        });
    }

    /** Mean over samples of Σ max(0, 1 − x[j] + x[i])/classes over right classes j and wrong ones i. */
    public static double multiLabelMargin(INDArray scores, INDArray labels, double scale, INDArray dScores) {
        Operand x = Operand.of(scores);
        int classes = x.sampleSize;
        int[] found = Labels.of(labels, x.samples * classes, classes, -1);
        return mean(x, scale, Operand.of(dScores), (sample, row, dRow) -> {
            boolean[] right = new boolean[classes];
            int first = sample * classes;
            int count = 0;
            while (count < classes && found[first + count] >= 0) {
                right[found[first + count]] = true;
                count++;
            }
            double sum = 0;
            for (int k = 0; k < count; k++) {
                int label = found[first + k];
                for (int i = 0; i < classes; i++) {
                    double missing = 1 - row[label] + row[i];
                    if (!right[i] && missing > 0) {
                        sum += missing / classes;
                        dRow[i] += 1.0 / classes;
                        dRow[label] -= 1.0 / classes;
                    }
                }
            }
            return sum;
        });
    }

    private static double mean(Operand x, double scale, Operand dX, Row loss) {
        double factor = scale / x.samples;
        double[] sums = new double[x.samples];
        Channels.forEach(x.samples, x.sampleSize, sample -> {
            double[] row = new double[x.sampleSize];
            double[] dRow = new double[x.sampleSize];
            x.get(sample * x.sampleStride, row);
            sums[sample] = loss.loss(sample, row, dRow);
            for (int i = 0; i < dRow.length; i++) {
                dRow[i] *= factor;
            }
            dX.put(sample * dX.sampleStride, dRow);
        });
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return factor * sum;
    }
}
