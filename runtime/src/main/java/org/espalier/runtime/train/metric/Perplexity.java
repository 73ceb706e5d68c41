package org.espalier.runtime.train.metric;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The perplexity of a language model, exp of the mean −log p of what was right, where p is the softmax of the scores:
 * of outputs {@code [batch, classes, …]} and class indices {@code [batch, …]}. Among so many equally likely tokens it
 * would be as hard to choose. A class below 0, which losses ignore, does not count.
 */
public final class Perplexity implements Metric {
    private double sum;
    private long all;

    /** Has gathered nothing. */
    public Perplexity() {}

    @Override
    public String name() {
        return "perplexity";
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }

    @Override
    public void reset() {
        sum = 0;
        all = 0;
    }

    @Override
    public void add(INDArray output, INDArray target) {
        Scores scores = new Scores(this, output, target);
        scores.forEach((first, index) -> {
            sum -= scores.logSoftmax(first, index);
            all++;
        });
    }

    @Override
    public double value() {
        return Math.exp(sum / (double) all);
    }
}
