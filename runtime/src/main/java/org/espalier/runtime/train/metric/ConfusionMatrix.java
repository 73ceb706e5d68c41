package org.espalier.runtime.train.metric;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Counts which class was taken for which: of outputs {@code [batch, classes, …]} and class indices {@code [batch, …]}.
 * Its number is the balanced accuracy, the mean over the classes that occur of the share that was recognized. An
 * example with a score of NaN is not counted, and makes that number NaN.
 */
public final class ConfusionMatrix implements Metric {
    private final long[][] counts;
    private boolean undecided;

    /**
     * @param classes how many there are
     * @throws IllegalArgumentException if there are fewer than two
     */
    public ConfusionMatrix(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException("classes must be at least 2, but are " + classes);
        }
        this.counts = new long[classes][classes];
    }

    /** The counts, {@code [right class][predicted class]}. */
    public long[][] counts() {
        return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    @Override
    public String name() {
        return "balanced_accuracy";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void reset() {
        for (long[] row : counts) {
            Arrays.fill(row, 0);
        }
        undecided = false;
    }

    @Override
    public void add(INDArray output, INDArray target) {
        Scores scores = new Scores(this, output, target);
        if (output.size(1) != counts.length) {
            throw new IllegalArgumentException(
                    "expected scores of " + counts.length + " classes, found " + output.size(1));
        }
        scores.forEach((first, index) -> {
            int best = scores.predicted(first);
            undecided |= best < 0;
            if (best >= 0) {
                counts[index][best]++;
            }
        });
    }

    @Override
    public double value() {
        double sum = 0;
        int occurring = 0;
        for (int index = 0; index < counts.length; index++) {
            long all = Arrays.stream(counts[index]).sum();
            if (all > 0) {
                sum += (double) counts[index][index] / (double) all;
                occurring++;
            }
        }
        return undecided ? Double.NaN : sum / occurring;
    }

    /** A line for each class that is right, with the counts of those predicted. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (long[] row : counts) {
            for (long count : row) {
                text.append(String.format("%7d", count));
            }
            text.append('\n');
        }
        return text.toString();
    }
}
