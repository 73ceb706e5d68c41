package org.espalier.runtime.data.augment;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.storage.Shapes;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Brings inputs to mean 0 and standard deviation 1, by statistics of the training data: of each feature of
 * {@code [batch, features]}, of each channel of {@code [batch, channels, …]}. What is missing, NaN, is filled in first.
 *
 * <pre>
 *   StandardScaler scale = StandardScaler.fit(training, Missing.mean());
 *   Trainer.of(net, training.map(scale))…
 *   net.note("normalization", scale.text());                          // goes into every weights file
 *   …
 *   StandardScaler scale = StandardScaler.parse(net.note("normalization"));    // after load
 *   INDArray answer = net.predict(scale.apply(input));
 * </pre>
 *
 * <p>The standard deviation is that of the population, as scikit-learn has it; where it is 0, the feature becomes 0.
 * Statistics are of the numbers that are there.
 */
public final class StandardScaler implements UnaryOperator<Batch> {
    private final double[] mean;
    private final double[] deviation;
    private final Missing missing;

    private StandardScaler(double[] mean, double[] deviation, Missing missing) {
        this.mean = mean;
        this.deviation = deviation;
        this.missing = missing;
    }

    /**
     * Takes the statistics of the inputs of an epoch, none of which may be missing.
     *
     * @param training the training data alone: statistics that know the test data would flatter the result
     * @throws IllegalArgumentException as {@link #fit(Batches, Missing)}
     */
    public static StandardScaler fit(Batches training) {
        return fit(training, Missing.error());
    }

    /**
     * Takes the statistics of the inputs of an epoch.
     *
     * @param training the training data alone: statistics that know the test data would flatter the result
     * @param missing the rule for NaN
     * @throws IllegalArgumentException if inputs are not {@code [batch, features, …]} float or double, one is infinite,
     *     or NaN though the rule does not allow it, or a feature is missing everywhere
     */
    public static StandardScaler fit(Batches training, Missing missing) {
        FeatureMoments moments = new FeatureMoments(missing);
        for (Batch batch : training.epoch(1)) {
            moments.add(batch.input());
        }
        return new StandardScaler(moments.means(), moments.deviations(), missing);
    }

    /** Uses known statistics, such as those of the data that a network from elsewhere was trained on. */
    public static StandardScaler of(double[] mean, double[] standardDeviation) {
        if (mean.length == 0 || mean.length != standardDeviation.length) {
            throw new IllegalArgumentException("expected a mean and a standard deviation for each feature, found "
                    + mean.length + " and " + standardDeviation.length);
        }
        requireFinite("means", mean, Double.NEGATIVE_INFINITY);
        requireFinite("standard deviations of 0 or more", standardDeviation, 0);
        return new StandardScaler(mean.clone(), standardDeviation.clone(), Missing.error());
    }

    /** The same with another rule for NaN. */
    public StandardScaler with(Missing rule) {
        return new StandardScaler(mean, deviation, rule);
    }

    /** Mean of each feature or channel. */
    public double[] mean() {
        return mean.clone();
    }

    /** Standard deviation of each feature or channel. */
    public double[] standardDeviation() {
        return deviation.clone();
    }

    /**
     * The batch with its inputs normalized, in place if they are without gaps, as those that a map gives are.
     *
     * @throws IllegalArgumentException as {@link #apply(INDArray)}
     */
    @Override
    public Batch apply(Batch batch) {
        if (!Shapes.isContiguous(batch.input())) {
            return new Batch(apply(batch.input()), batch.target());
        }
        normalize(batch.input());
        return batch;
    }

    /**
     * A copy of inputs, normalized.
     *
     * @throws IllegalArgumentException if it has another number of features or channels, is neither float nor double,
     *     or has NaN though the rule does not allow it
     */
    public INDArray apply(INDArray input) {
        INDArray copy = NdArrays.detachedCopy(input);
        normalize(copy);
        return copy;
    }

    private void normalize(INDArray input) {
        FeatureRows rows = new FeatureRows(input);
        if (rows.features() != mean.length) {
            throw new IllegalArgumentException("expected inputs [batch, " + mean.length
                    + ", …] as those of the training data, found " + Arrays.toString(input.shape()));
        }
        rows.change((value, row, feature) -> {
            double present = Double.isNaN(value) ? filled(row, feature) : value;
            double scale = deviation[feature] == 0 ? 1 : deviation[feature];
            return (present - mean[feature]) / scale;
        });
    }

    private double filled(long row, int feature) {
        return switch (missing.kind()) {
            case MEAN -> mean[feature];
            case CONSTANT -> missing.value();
            case ERROR -> throw FeatureMoments.missing(row, feature);
        };
    }

    /** One line that {@link #parse} reads, with every number exactly, for the notes of a network. */
    public String text() {
        return "mean " + joined(mean) + "; std " + joined(deviation) + "; missing " + missing.kind() + " "
                + missing.value();
    }

    private static String joined(double[] numbers) {
        return Arrays.stream(numbers).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static StandardScaler parse(String text) {
        String[] parts = text.split("; ", -1);
        if (parts.length != 3
                || !parts[0].startsWith("mean ")
                || !parts[1].startsWith("std ")
                || !parts[2].startsWith("missing ")) {
            throw unreadable(text, null);
        }
        try {
            String[] rule = parts[2].split(" ", -1);
            Missing missing = new Missing(Missing.Kind.valueOf(rule[1]), Double.parseDouble(rule[2]));
            return of(numbers(parts[0]), numbers(parts[1])).with(missing);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw unreadable(text, e);
        }
    }

    private static double[] numbers(String part) {
        return Arrays.stream(part.split(" ", -1))
                .skip(1)
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static IllegalArgumentException unreadable(String text, @Nullable Throwable cause) {
        String start = text.substring(0, Math.min(60, text.length()));
        return new IllegalArgumentException(
                "expected the text of a normalization, 'mean …; std …; missing …', found '" + start + "'", cause);
    }

    private static void requireFinite(String what, double[] numbers, double least) {
        for (double number : numbers) {
            if (!Double.isFinite(number) || number < least) {
                throw new IllegalArgumentException("expected finite " + what + ", found " + Arrays.toString(numbers));
            }
        }
    }

    @Override
    public String toString() {
        return text();
    }
}
