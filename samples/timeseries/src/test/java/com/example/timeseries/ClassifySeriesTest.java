package com.example.timeseries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Validation;
import org.espalier.runtime.train.metric.Accuracy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ClassifySeriesTest {
    private static final Dataset TRAINING = Series.make(60, 1);
    private static final Dataset VALIDATION = Series.make(90, 2);

    @TempDir
    private Path folder;

    @Test
    void seriesAreOfTheirShapesOnAverage() {
        Batch all = Series.make(900, 3).all();

        for (int shape = 0; shape < 3; shape++) {
            double early = mean(all, shape, 33, 40);
            double late = mean(all, shape, 48, 60);
            switch (Series.SHAPES.get(shape)) {
                case "cylinder" -> assertThat(early).isCloseTo(6, within(0.3));
                case "bell" -> assertThat(late).isGreaterThan(early + 0.5);
                case "funnel" -> assertThat(late).isLessThan(early - 0.5);
                default -> throw new AssertionError(Series.SHAPES.get(shape));
            }
            assertThat(mean(all, shape, 0, 16)).isCloseTo(0, within(0.1));
        }
    }

    @Test
    void theSameSeedMakesTheSameSeries() {
        assertThat(Series.make(6, 1).all().input())
                .isEqualTo(Series.make(6, 1).all().input());
        assertThat(Series.make(6, 2).all().input())
                .isNotEqualTo(Series.make(6, 1).all().input());
    }

    @Test
    void theNearestNeighbourIsRightOfWhatItKnowsAndMostlyOfOthers() {
        NearestNeighbour neighbour = new NearestNeighbour(TRAINING);

        assertThat(neighbour.accuracy(TRAINING)).isOne();
        assertThat(neighbour.accuracy(VALIDATION)).isBetween(0.8, 0.99);
    }

    @Test
    void aFewEpochsLowerTheLossAndTeachMoreThanChance() {
        try (SeriesClassifier net = SeriesClassifier.create(Init.seed(1))) {
            double before = loss(net).get("loss");

            int epochs = ClassifySeries.train(net, TRAINING, VALIDATION, 30, folder, Progress.silent());

            assertThat(epochs).isEqualTo(30);
            assertThat(loss(net).get("loss")).isLessThan(0.7 * before);
            assertThat(loss(net).get("accuracy")).isGreaterThan(0.6);
        }
    }

    @Test
    void theSameSeedGivesTheSameNetworkToTheBit() {
        try (SeriesClassifier first = SeriesClassifier.create(Init.seed(1));
                SeriesClassifier second = SeriesClassifier.create(Init.seed(1));
                SeriesClassifier other = SeriesClassifier.create(Init.seed(2))) {
            for (SeriesClassifier net : List.of(first, second, other)) {
                ClassifySeries.train(net, TRAINING, VALIDATION, 2, folder, Progress.silent());
            }

            assertThat(first.parameters().values())
                    .isEqualTo(second.parameters().values());
            assertThat(first.parameters().values())
                    .isNotEqualTo(other.parameters().values());
        }
    }

    @Test
    void theWeightsThatComeBackAreTheBest() {
        try (SeriesClassifier net = SeriesClassifier.create(Init.seed(1));
                SeriesClassifier saved = SeriesClassifier.create(Init.seed(2))) {
            ClassifySeries.train(net, TRAINING, VALIDATION, 3, folder, Progress.silent());

            saved.load(folder.resolve("series.safetensors"));

            assertThat(net.parameters().values()).isEqualTo(saved.parameters().values());
            assertThat(folder.resolve("series.csv")).content().contains("l2").hasLineCount(4);
        }
    }

    private static Map<String, Double> loss(SeriesClassifier net) {
        return new Validation(VALIDATION.batches(90), List.of(new Accuracy())).of(net);
    }

    /** The mean value between two moments of the series of a shape, which are every third. */
    private static double mean(Batch all, int shape, int from, int to) {
        INDArray values = all.input()
                .get(NDArrayIndex.interval(shape, 3, all.size()), NDArrayIndex.all(), NDArrayIndex.interval(from, to));
        return values.meanNumber().doubleValue();
    }
}
