package org.espalier.runtime.train.metric;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The area under the ROC curve: the share of pairs of an example of class 1 and one of class 0 of which the first has
 * the greater output, equal outputs counting one half. Targets are 0 or 1. It keeps all outputs; NaN if a class is
 * missing, or an output is NaN.
 */
public final class AreaUnderCurve implements Metric {
    private double[] outputs = {};
    private boolean[] positive = {};
    private int count;

    /** Of nothing yet. */
    public AreaUnderCurve() {}

    @Override
    public String name() {
        return "auc";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void reset() {
        outputs = new double[0];
        positive = new boolean[0];
        count = 0;
    }

    @Override
    public void add(INDArray output, INDArray target) {
        Elements.requireSame(this, output, target);
        double[] more = Elements.of(output);
        double[] targets = Elements.zerosAndOnes(this, target);
        int needed = count + more.length;
        if (needed > outputs.length) {
            outputs = Arrays.copyOf(outputs, Math.max(needed, 2 * outputs.length));
            positive = Arrays.copyOf(positive, outputs.length);
        }
        for (int i = 0; i < more.length; i++) {
            outputs[count] = more[i];
            positive[count++] = targets[i] == 1;
        }
    }

    // Positives' ranks, equal outputs sharing the mean of theirs (Mann and Whitney).
    @Override
    public double value() {
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(outputs[a], outputs[b]));
        double ranks = 0;
        long positives = 0;
        for (int start = 0; start < count; ) {
            int end = start;
            int here = 0;
            while (end < count && outputs[order[end]] == outputs[order[start]]) {
                here += positive[order[end]] ? 1 : 0;
                end++;
            }
            if (end == start) {
                return Double.NaN;
            }
            ranks += here * (start + 1 + end) / 2.0;
            positives += here;
            start = end;
        }
        long negatives = count - positives;
        double least = (double) positives * (double) (positives + 1) / 2;
        return (ranks - least) / ((double) positives * (double) negatives);
    }
}
