package org.espalier.runtime.train.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.pytorch.Json;
import org.espalier.runtime.pytorch.PytorchFixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares each metric with scikit-learn's, whatever the batches are that it is given. */
class MetricsTest {
    private static final Json FIXTURE = PytorchFixtures.read("train/metrics.json");

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 60})
    void metricsOfClassesAreScikitLearns(int batch) {
        ofClasses(FIXTURE.get("classification"), batch);
        FIXTURE.get("classification edges").items().forEach(fixture -> ofClasses(fixture, batch));
    }

    private static void ofClasses(Json fixture, int batch) {
        ConfusionMatrix confusion = new ConfusionMatrix(4);
        compare(fixture, "accuracy", new Accuracy(), 4, batch);
        if (fixture.get("metrics").has("top 2")) {
            compare(fixture, "top 2", Accuracy.top(2), 4, batch);
        }
        compare(fixture, "balanced accuracy", confusion, 4, batch);
        compare(fixture, "f1 macro", F1.of(4, F1.Average.MACRO), 4, batch);
        compare(fixture, "f1 micro", F1.of(4, F1.Average.MICRO), 4, batch);
        compare(fixture, "f1 weighted", F1.of(4, F1.Average.WEIGHTED), 4, batch);
        compare(fixture, "perplexity", new Perplexity(), 4, batch);
        assertThat(Arrays.stream(confusion.counts())
                        .flatMapToLong(Arrays::stream)
                        .toArray())
                .isEqualTo(fixture.get("confusion").longs());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 50})
    void metricsOfTwoClassesAreScikitLearns(int batch) {
        ofTwoClasses(FIXTURE.get("binary"), batch);
        FIXTURE.get("binary edges").items().forEach(fixture -> ofTwoClasses(fixture, batch));
    }

    private static void ofTwoClasses(Json fixture, int batch) {
        compare(fixture, "accuracy", new BinaryAccuracy(0), 1, batch);
        compare(fixture, "auc", new AreaUnderCurve(), 1, batch);
        compare(fixture, "f1", F1.binary(0), 1, batch);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 30})
    void metricsOfNumbersAreScikitLearns(int batch) {
        ofNumbers(FIXTURE.get("regression"), batch);
        FIXTURE.get("regression edges").items().forEach(fixture -> ofNumbers(fixture, batch));
    }

    private static void ofNumbers(Json fixture, int batch) {
        compare(fixture, "mae", MeanError.mae(), 3, batch);
        compare(fixture, "mse", MeanError.mse(), 3, batch);
        compare(fixture, "psnr", MeanError.psnr(2), 3, batch);
        compare(fixture, "r2", new R2(), 3, batch);
    }

    /** Gathers other numbers first, which must be forgotten. */
    private static void compare(Json fixture, String name, Metric metric, int width, int batch) {
        double[] output = fixture.get("output").doubles();
        double[] target = fixture.get("target").doubles();
        int rows = output.length / width;
        add(metric, output, target, rows, 0, Math.min(3, rows));
        metric.reset();
        for (int start = 0; start < rows; start += batch) {
            add(metric, output, target, rows, start, Math.min(rows, start + batch));
        }

        double expected = fixture.get("metrics").get(name).number();
        if (Double.isNaN(expected)) {
            assertThat(metric.value()).as(name).isNaN();
        } else {
            assertThat(metric.value()).as(name).isCloseTo(expected, within(1e-12 * Math.max(1, Math.abs(expected))));
        }
    }

    private static void add(Metric metric, double[] output, double[] target, int rows, int start, int end) {
        int of = output.length / rows;
        int to = target.length / rows;
        INDArray outputs = Nd4j.createFromArray(Arrays.copyOfRange(output, start * of, end * of))
                .reshape(end - start, of);
        INDArray targets = Nd4j.createFromArray(Arrays.copyOfRange(target, start * to, end * to));
        metric.add(outputs, to == 1 ? targets : targets.reshape(end - start, to));
    }

    @Test
    void placesOfAPictureAreExamplesAndIgnoredClassesAreNot() {
        // [2, 2, 3]: two samples, two classes, three places.
        INDArray scores = Nd4j.createFromArray(new float[] {1, 0, 1, 0, 1, 0, /* second */ 0, 0, Float.NaN, 1, 1, 1})
                .reshape(2, 2, 3);
        INDArray classes = Nd4j.createFromArray(new int[] {0, 1, 1, 1, -100, 0}).reshape(2, 3);
        Accuracy accuracy = new Accuracy();

        accuracy.add(scores, classes);

        assertThat(accuracy.value()).isEqualTo(3 / 5.0);
    }

    @Test
    void ignoredTokensDoNotCountInAPerplexityAndGreatScoresDoNotOverflow() {
        Perplexity perplexity = new Perplexity();
        // [1, 2, 3]: one sample, two tokens, three places.
        INDArray scores =
                Nd4j.createFromArray(new float[] {1e5f, 3, 7, 0, 3, 0}).reshape(1, 2, 3);

        perplexity.add(scores, Nd4j.createFromArray(new int[] {0, 1, -100}).reshape(1, 3));

        // Certain of the first, undecided about the second.
        assertThat(perplexity.value()).isCloseTo(Math.sqrt(2), within(1e-12));
    }

    @Test
    void aCurveWithoutAClassIsUnknown() {
        AreaUnderCurve curve = new AreaUnderCurve();
        INDArray outputs = Nd4j.createFromArray(0.5f, 0.7f);
        curve.add(outputs, Nd4j.createFromArray(1f, 1f));
        assertThat(curve.value()).isNaN();

        curve.add(Nd4j.createFromArray(Float.NaN), Nd4j.createFromArray(0f));
        assertThat(curve.value()).isNaN();
    }

    @Test
    void anOutputThatIsNoNumberIsWrongOrMakesTheMetricNone() {
        INDArray scores = Nd4j.createFromArray(new float[][] {{Float.NaN, Float.NaN}, {0, 1}});
        INDArray classes = Nd4j.createFromArray(0, 1);
        for (Metric metric : List.of(new Accuracy(), Accuracy.top(2), Accuracy.top(9), new BinaryAccuracy(0))) {
            boolean binary = metric instanceof BinaryAccuracy;
            metric.add(binary ? scores.getColumn(0) : scores, binary ? Nd4j.createFromArray(0f, 0f) : classes);
            assertThat(metric.value()).as(metric.name()).isEqualTo(0.5);
        }
        ConfusionMatrix confusion = new ConfusionMatrix(2);
        for (Metric metric : List.of(confusion, F1.of(2, F1.Average.MICRO), new Perplexity())) {
            metric.add(scores, classes);
            assertThat(metric.value()).as(metric.name()).isNaN();
        }
        assertThat(confusion.counts()).isDeepEqualTo(new long[][] {{0, 0}, {0, 1}});
        // R² of targets that are all the same only looks at whether they are met.
        for (Metric metric : List.of(
                F1.binary(0), new AreaUnderCurve(), MeanError.mae(), MeanError.mse(), MeanError.psnr(1), new R2())) {
            metric.add(scores.getColumn(0), Nd4j.createFromArray(1f, 1f));
            assertThat(metric.value()).as(metric.name()).isNaN();
        }
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        INDArray scores = Nd4j.create(DataType.FLOAT, 2, 3);
        assertThatThrownBy(() -> new Accuracy().add(scores, Nd4j.createFromArray(0, 1, 2)))
                .hasMessage(
                        "accuracy expects scores [batch, classes, …] and the index of a class for each, found [2, 3]"
                                + " and [3]");
        assertThatThrownBy(() -> new Accuracy().add(scores, Nd4j.createFromArray(0, 3)))
                .hasMessage("accuracy expects classes that are whole numbers below 3, found 3.0");
        assertThatThrownBy(() -> MeanError.mae().add(scores, Nd4j.createFromArray(0, 3)))
                .hasMessage("mae expects a target for each number of the output, found [2, 3] and [2]");
        assertThatThrownBy(() -> new AreaUnderCurve().add(Nd4j.createFromArray(1f), Nd4j.createFromArray(2f)))
                .hasMessage("auc expects targets that are 0 or 1, found 2.0");
        assertThatThrownBy(() -> F1.binary(0).add(Nd4j.createFromArray(1f), Nd4j.createFromArray(0.5f)))
                .hasMessage("f1 expects targets that are 0 or 1, found 0.5");
        assertThatThrownBy(() -> new BinaryAccuracy(0).add(Nd4j.createFromArray(1f), Nd4j.createFromArray(Float.NaN)))
                .hasMessage("accuracy expects targets that are 0 or 1, found NaN");
        assertThatThrownBy(() -> MeanError.mse().add(scores.reshape(2, 1, 3), Nd4j.create(DataType.FLOAT, 3, 2)))
                .hasMessage("mse expects a target for each number of the output, found [2, 1, 3] and [3, 2]");
        assertThatThrownBy(() ->
                        MeanError.mse().add(Nd4j.create(DataType.FLOAT, 2, 3, 4), Nd4j.create(DataType.FLOAT, 2, 4, 3)))
                .hasMessage("mse expects a target for each number of the output, found [2, 3, 4] and [2, 4, 3]");
        assertThatThrownBy(() -> new ConfusionMatrix(2).add(scores, Nd4j.createFromArray(0, 1)))
                .hasMessage("expected scores of 2 classes, found 3");
    }
}
