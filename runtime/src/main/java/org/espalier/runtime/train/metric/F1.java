package org.espalier.runtime.train.metric;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * F1, 2 · hits / (2 · hits + false alarms + misses), as scikit-learn's {@code f1_score} has it: of two classes by a
 * threshold, or over several, averaged over those that occur. A class without hits counts 0. NaN if an output is.
 */
public final class F1 implements Metric {
    private final Average average;
    private final double threshold;
    private final long[] hits;
    private final long[] predicted;
    private final long[] right;
    private boolean undecided;

    /** Average over classes. */
    public enum Average {
        /** Of one class alone, whose targets are 1 and all others' 0. */
        BINARY,
        /** Each class alike. */
        MACRO,
        /** Each class by how often it is right. */
        WEIGHTED,
        /** Hits, false alarms and misses of all classes together. */
        MICRO
    }

    private F1(Average average, double threshold, int classes) {
        this.average = average;
        this.threshold = threshold;
        this.hits = new long[classes];
        this.predicted = new long[classes];
        this.right = new long[classes];
    }

    /**
     * Of targets that are 0 or 1.
     *
     * @param threshold above it, an output says 1: 0 for what goes into {@code BCEWithLogitsLoss}, 0.5 for
     *     probabilities
     */
    public static F1 binary(double threshold) {
        return new F1(Average.BINARY, threshold, 1);
    }

    /**
     * Of outputs {@code [batch, classes, …]} and class indices {@code [batch, …]}.
     *
     * @param classes how many there are
     * @param average how those of the classes become one
     * @throws IllegalArgumentException if there are fewer than two classes, or the average is for a single one
     */
    public static F1 of(int classes, Average average) {
        if (classes < 2 || average == Average.BINARY) {
            throw new IllegalArgumentException("expected two classes or more and an average over them, found " + classes
                    + " and " + average + "; F1.binary(threshold) is of targets that are 0 or 1");
        }
        return new F1(average, 0, classes);
    }

    @Override
    public String name() {
        return "f1";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void reset() {
        Arrays.fill(hits, 0);
        Arrays.fill(predicted, 0);
        Arrays.fill(right, 0);
        undecided = false;
    }

    @Override
    public void add(INDArray output, INDArray target) {
        if (average == Average.BINARY) {
            addBinary(output, target);
            return;
        }
        Scores scores = new Scores(this, output, target);
        if (output.size(1) != hits.length) {
            throw new IllegalArgumentException(
                    "expected scores of " + hits.length + " classes, found " + output.size(1));
        }
        scores.forEach((first, index) -> {
            int best = scores.predicted(first);
            undecided |= best < 0;
            hits[index] += best == index ? 1 : 0;
            predicted[Math.max(0, best)]++;
            right[index]++;
        });
    }

    private void addBinary(INDArray output, INDArray target) {
        Elements.requireSame(this, output, target);
        double[] outputs = Elements.of(output);
        double[] targets = Elements.zerosAndOnes(this, target);
        for (int i = 0; i < outputs.length; i++) {
            undecided |= Double.isNaN(outputs[i]);
            boolean says = outputs[i] > threshold;
            hits[0] += says && targets[i] == 1 ? 1 : 0;
            predicted[0] += says ? 1 : 0;
            right[0] += targets[i] == 1 ? 1 : 0;
        }
    }

    @Override
    public double value() {
        if (undecided) {
            return Double.NaN;
        }
        if (average == Average.MICRO) {
            return f1(sum(hits), sum(predicted), sum(right));
        }
        double sum = 0;
        double weights = 0;
        for (int index = 0; index < hits.length; index++) {
            if (average == Average.BINARY || predicted[index] + right[index] > 0) {
                double weight = average == Average.WEIGHTED ? (double) right[index] : 1;
                sum += weight * f1(hits[index], predicted[index], right[index]);
                weights += weight;
            }
        }
        return sum / weights;
    }

    private static long sum(long[] counts) {
        return Arrays.stream(counts).sum();
    }

    private static double f1(long hits, long predicted, long right) {
        return hits == 0 ? 0 : 2.0 * (double) hits / (double) (predicted + right);
    }
}
