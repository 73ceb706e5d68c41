package org.espalier.runtime.kernel.loss;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Losses by classes along axis 1, with weights, labels to ignore and smoothing, in double arithmetic. Each is L = −Σ
 * a[c] log p[c] over the classes c of every place: what a target makes of the a is all that differs.
 */
public final class ClassLosses {
    /** The label that PyTorch ignores where nothing else is said. */
    static final int IGNORED = -100;

    private ClassLosses() {}

    /** Writes a[c] for the classes of one place. */
    private interface Shares {
        void write(int sample, int place, double[] shares);
    }

    /** Divisor of the loss, and what each class has of it. */
    private record Weighed(double total, Shares shares) {}

    /**
     * Cross entropy or likelihood by labels: a[c] = (1 − smoothing) w[label] at the label, and smoothing/classes w[c]
     * everywhere.
     *
     * @param mean whether to divide by the weights of the labels, rather than by 1
     */
    public static double ofLabels(
            INDArray prediction,
            INDArray labels,
            double[] weights,
            int ignored,
            double smoothing,
            boolean mean,
            boolean softmax,
            double scale,
            INDArray dPrediction) {
        Operand x = Operand.of(prediction);
        int classes = x.channels;
        int places = x.sampleSize / Math.max(1, classes);
        int[] found = Labels.of(labels, x.samples * places, classes, ignored);
        double total = 0;
        for (int label : found) {
            total += label == ignored ? 0 : weight(weights, label);
        }
        Shares shares = (sample, place, a) -> {
            int label = found[sample * places + place];
            for (int c = 0; c < classes; c++) {
                boolean counts = label != ignored;
                double share = smoothing / classes * weight(weights, c);
                a[c] = counts ? share + (c == label ? (1 - smoothing) * weight(weights, c) : 0) : 0;
            }
        };
        return loss(x, new Weighed(mean ? total : 1, shares), softmax, scale, Operand.of(dPrediction));
    }

    /** Cross entropy by probabilities t: a[c] = w[c] ((1 − smoothing) t[c] + smoothing/classes), a mean over places. */
    public static double ofProbabilities(
            INDArray logits, INDArray target, double[] weights, double smoothing, double scale, INDArray dLogits) {
        Operand x = Operand.of(logits);
        double[] t = Operand.of(target).read();
        int classes = x.channels;
        int places = x.sampleSize / Math.max(1, classes);
        Shares shares = (sample, place, a) -> {
            for (int c = 0; c < classes; c++) {
                double probability = t[sample * x.sampleSize + c * places + place];
                a[c] = weight(weights, c) * ((1 - smoothing) * probability + smoothing / classes);
            }
        };
        double total = (double) x.samples * places;
        return loss(x, new Weighed(total, shares), true, scale, Operand.of(dLogits));
    }

    private static double weight(double[] weights, int c) {
        return weights.length == 0 ? 1 : weights[c];
    }

    /** d/dx[c] of −Σ a log softmax(x) is softmax(x)[c] Σ a − a[c]; of −Σ a x it is −a[c]. */
    private static double loss(Operand x, Weighed weighed, boolean softmax, double scale, Operand dX) {
        int classes = x.channels;
        int places = x.sampleSize / Math.max(1, classes);
        double factor = scale / weighed.total;
        double[] sums = new double[x.samples];
        Channels.forEach(x.samples, x.sampleSize, sample -> {
            double[] values = new double[x.sampleSize];
            double[] row = new double[classes];
            double[] a = new double[classes];
            x.get(sample * x.sampleStride, values);
            for (int place = 0; place < places; place++) {
                for (int c = 0; c < classes; c++) {
                    row[c] = values[c * places + place];
                }
                double normalizer = softmax ? logSumExp(row) : 0;
                weighed.shares.write(sample, place, a);
                double all = 0;
                for (int c = 0; c < classes; c++) {
                    all += a[c];
                    // What counts for nothing may be infinite.
                    sums[sample] -= a[c] == 0 ? 0 : a[c] * (row[c] - normalizer);
                }
                for (int c = 0; c < classes; c++) {
                    double attracted = softmax && all != 0 ? all * Math.exp(row[c] - normalizer) : 0;
                    values[c * places + place] = factor * (attracted - a[c]);
                }
            }
            dX.put(sample * dX.sampleStride, values);
        });
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return factor * sum;
    }

    /** log Σ exp z, of numbers from which the largest is subtracted first, so that nothing overflows. */
    private static double logSumExp(double... z) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double one : z) {
            largest = Math.max(largest, one);
        }
        double total = 0;
        for (double one : z) {
            total += Math.exp(one - largest);
        }
        return largest + Math.log(total);
    }
}
