package org.espalier.runtime.train.metric;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The coefficient of determination, 1 − Σ(t − y)² / Σ(t − mean t)², of each number of an example by itself, then the
 * mean of those, as scikit-learn's {@code r2_score} has it. A number whose targets are all the same counts 1 if it is
 * met exactly, else 0.
 */
public final class R2 implements Metric {
    private long count;
    private double[] means = {};
    private double[] spreads = {};
    private double[] errors = {};

    /** Of nothing yet. */
    public R2() {}

    @Override
    public String name() {
        return "r2";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void reset() {
        count = 0;
        means = new double[0];
        spreads = new double[0];
        errors = new double[0];
    }

    // Means and sums of squares as Welford has them: a sum of squares alone would lose its digits.
    @Override
    public void add(INDArray output, INDArray target) {
        Elements.requireSame(this, output, target);
        int width = Math.toIntExact(target.length() / target.size(0));
        if (count == 0) {
            means = new double[width];
            spreads = new double[width];
            errors = new double[width];
        } else if (width != means.length) {
            throw new IllegalArgumentException(
                    "expected " + means.length + " numbers of each example as before, found " + width);
        }
        double[] outputs = Elements.of(output);
        double[] targets = Elements.of(target);
        for (int row = 0; row < targets.length; row += width) {
            count++;
            for (int column = 0; column < width; column++) {
                double value = targets[row + column];
                double away = value - means[column];
                means[column] += away / (double) count;
                spreads[column] += away * (value - means[column]);
                double error = value - outputs[row + column];
                errors[column] += error * error;
            }
        }
    }

    @Override
    public double value() {
        if (count < 2) {
            return Double.NaN;
        }
        double sum = 0;
        for (int column = 0; column < means.length; column++) {
            if (spreads[column] == 0) {
                sum += Double.isNaN(errors[column]) ? Double.NaN : errors[column] == 0 ? 1 : 0;
            } else {
                sum += 1 - errors[column] / spreads[column];
            }
        }
        return sum / means.length;
    }
}
