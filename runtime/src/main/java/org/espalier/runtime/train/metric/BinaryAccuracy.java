package org.espalier.runtime.train.metric;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The share of numbers that are on the target's side of a threshold; targets are 0 or 1. NaN is on neither side. */
public final class BinaryAccuracy implements Metric {
    private final double threshold;
    private long right;
    private long all;

    /**
     * @param threshold above it, an output says 1: 0 for what goes into {@code BCEWithLogitsLoss}, 0.5 for
     *     probabilities
     */
    public BinaryAccuracy(double threshold) {
        this.threshold = threshold;
    }

    @Override
    public String name() {
        return "accuracy";
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
        Elements.requireSame(this, output, target);
        double[] outputs = Elements.of(output);
        double[] targets = Elements.zerosAndOnes(this, target);
        for (int i = 0; i < outputs.length; i++) {
            boolean says = outputs[i] > threshold;
            right += !Double.isNaN(outputs[i]) && says == (targets[i] == 1) ? 1 : 0;
            all++;
        }
    }

    @Override
    public double value() {
        return (double) right / (double) all;
    }
}
