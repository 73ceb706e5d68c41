package org.espalier.runtime.train.metric;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The share of examples whose right class is among the k with the greatest scores: of outputs {@code [batch, classes,
 * …]} and class indices {@code [batch, …]}. Of equal scores the class with the smaller index comes first. A class below
 * 0, which losses ignore, does not count. NaN is not the greatest: if the right class has it, or too many others have,
 * the example counts as wrong.
 */
public final class Accuracy implements Metric {
    private final int k;
    private long right;
    private long all;

    private Accuracy(int k) {
        this.k = k;
    }

    /** The right class has the greatest score. */
    public Accuracy() {
        this(1);
    }

    /**
     * The right class is among several.
     *
     * @param k how many
     * @throws IllegalArgumentException if that is below 1
     */
    public static Accuracy top(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1, but is " + k);
        }
        return new Accuracy(k);
    }

    @Override
    public String name() {
        return k == 1 ? "accuracy" : "top_" + k + "_accuracy";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void reset() {
        right = 0;
        all = 0;
    }

    @Override
    public void add(INDArray output, INDArray target) {
        Scores scores = new Scores(this, output, target);
        scores.forEach((first, index) -> {
            right += scores.isAmong(k, first, index) ? 1 : 0;
            all++;
        });
    }

    @Override
    public double value() {
        return (double) right / (double) all;
    }
}
