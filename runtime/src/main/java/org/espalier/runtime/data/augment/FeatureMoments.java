package org.espalier.runtime.data.augment;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean and variance of each feature, a number at a time (Welford, Note on a method for calculating corrected sums of
 * squares and products, 1962), so that large means cost no digits.
 */
final class FeatureMoments {
    private final Missing missing;
    private double[] mean = {};
    private double[] squares = {};
    private long[] count = {};
    private long rows;

    FeatureMoments(Missing missing) {
        this.missing = missing;
    }

    void add(INDArray inputs) {
        FeatureRows numbers = new FeatureRows(inputs);
        if (rows == 0) {
            mean = new double[numbers.features()];
            squares = new double[numbers.features()];
            count = new long[numbers.features()];
        }
        if (numbers.features() != mean.length) {
            throw new IllegalArgumentException("expected inputs [batch, " + mean.length + ", …] as before, found "
                    + Arrays.toString(inputs.shape()));
        }
        numbers.see((value, row, feature) -> take(value, rows + row, feature));
        rows += inputs.size(0);
    }

    private void take(double value, long row, int feature) {
        if (Double.isNaN(value)) {
            if (missing.kind() == Missing.Kind.ERROR) {
                throw missing(row, feature);
            }
            return;
        }
        if (Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    "expected finite inputs, found " + value + " in row " + row + ", feature " + feature);
        }
        count[feature]++;
        double distance = value - mean[feature];
        mean[feature] += distance / count[feature];
        squares[feature] += distance * (value - mean[feature]);
    }

    static IllegalArgumentException missing(long row, int feature) {
        return new IllegalArgumentException("expected a number in row " + row + ", feature " + feature
                + ", counted from 0, found a missing one, NaN; Missing.mean() or Missing.constant(…) fills it in");
    }

    double[] means() {
        for (int feature = 0; feature < mean.length; feature++) {
            if (count[feature] == 0) {
                throw new IllegalArgumentException("expected a number of feature " + feature
                        + ", counted from 0, in some row, found it missing in all " + rows);
            }
        }
        return mean;
    }

    double[] deviations() {
        double[] deviations = new double[mean.length];
        for (int feature = 0; feature < mean.length; feature++) {
            deviations[feature] = Math.sqrt(squares[feature] / count[feature]);
            if (!Double.isFinite(deviations[feature])) {
                throw new IllegalArgumentException(
                        "expected inputs whose variance a double can hold, found feature " + feature + " to be larger");
            }
        }
        return deviations;
    }
}
