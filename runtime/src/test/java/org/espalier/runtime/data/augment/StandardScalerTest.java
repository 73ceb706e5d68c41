package org.espalier.runtime.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Dataset;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class StandardScalerTest {
    private static Batches rows(double[]... rows) {
        INDArray inputs = Nd4j.create(rows).castTo(DataType.DOUBLE);
        return Dataset.of(inputs, Nd4j.zeros(DataType.DOUBLE, rows.length)).batches(2);
    }

    @Test
    void featuresGetMean0AndDeviation1() {
        Batches training = rows(new double[] {1, 10, 7}, new double[] {3, 30, 7}, new double[] {8, 50, 7});

        StandardScaler scale = StandardScaler.fit(training);

        assertThat(scale.mean()).containsExactly(new double[] {4, 30, 7}, within(1e-12));
        assertThat(scale.standardDeviation())
                .containsExactly(new double[] {Math.sqrt(26.0 / 3), Math.sqrt(800.0 / 3), 0}, within(1e-12));
        INDArray scaled = scale.apply(Nd4j.createFromArray(new double[][] {{4, 30, 7}, {8, 50, 9}}));
        double[] expected = {0, 0, 0, 4 / Math.sqrt(26.0 / 3), 20 / Math.sqrt(800.0 / 3), 2};
        assertThat(scaled.ravel().toDoubleVector()).containsExactly(expected, within(1e-12));
    }

    @Test
    void channelsOfPicturesShareTheirStatistics() {
        INDArray pictures = Nd4j.rand(DataType.FLOAT, 5, 3, 4, 4).muli(100);
        Batches training = Dataset.of(pictures, Nd4j.zeros(5)).batches(2);

        StandardScaler scale = StandardScaler.fit(training);

        assertThat(scale.mean())
                .containsExactly(pictures.mean(0, 2, 3).castTo(DataType.DOUBLE).toDoubleVector(), within(1e-4));
        INDArray scaled = scale.apply(pictures);
        assertThat(scaled.mean(0, 2, 3).toFloatVector()).containsExactly(new float[3], within(1e-5f));
        assertThat(scaled.std(false, 0, 2, 3).toFloatVector()).containsExactly(new float[] {1, 1, 1}, within(1e-5f));
    }

    @Test
    void batchesAreNormalizedAndTheirSourceIsNot() {
        Batches training = rows(new double[] {1}, new double[] {3});
        StandardScaler scale = StandardScaler.fit(training);

        Batch scaled = training.map(scale).epoch(1).iterator().next();

        assertThat(scaled.input().ravel().toDoubleVector()).containsExactly(-1, 1);
        assertThat(training.epoch(1).iterator().next().input().getDouble(0, 0)).isEqualTo(1);
    }

    @Test
    void missingNumbersAreFilledByStatisticsOfTheTrainingDataAlone() {
        Batches training = rows(new double[] {1, 5}, new double[] {Double.NaN, 6}, new double[] {3, Double.NaN});
        INDArray test = Nd4j.createFromArray(new double[][] {{Double.NaN, 100}, {Double.NaN, Double.NaN}});

        StandardScaler mean = StandardScaler.fit(training, Missing.mean());
        StandardScaler constant = StandardScaler.fit(training, Missing.constant(0));

        assertThat(mean.mean()).containsExactly(2, 5.5);
        assertThat(mean.apply(test).ravel().toDoubleVector()).containsExactly(0, 189, 0, 0);
        assertThat(constant.apply(test).ravel().toDoubleVector()).containsExactly(-2, 189, -2, -11);
        assertThat(test.getDouble(0, 0)).isNaN();
    }

    @Test
    void aMissingNumberWithoutARuleIsNamedByRowAndFeature() {
        Batches training = rows(new double[] {1, 5}, new double[] {1, 6}, new double[] {3, Double.NaN});
        String expected = "expected a number in row 2, feature 1, counted from 0, found a missing one, NaN;"
                + " Missing.mean() or Missing.constant(…) fills it in";

        assertThatThrownBy(() -> StandardScaler.fit(training)).hasMessage(expected);
        StandardScaler scale = StandardScaler.of(new double[] {0, 0}, new double[] {1, 1});
        assertThatThrownBy(() -> scale.apply(Nd4j.createFromArray(new double[][] {{0, 1}, {0, 1}, {1, Double.NaN}})))
                .hasMessage(expected);
    }

    @Test
    void whatHasNoStatisticsIsRefused() {
        assertThatThrownBy(() -> StandardScaler.fit(rows(new double[] {1, Double.NaN}), Missing.mean()))
                .hasMessage("expected a number of feature 1, counted from 0, in some row, found it missing in all 1");
        assertThatThrownBy(() -> StandardScaler.fit(rows(new double[] {1, Double.POSITIVE_INFINITY}), Missing.mean()))
                .hasMessage("expected finite inputs, found Infinity in row 0, feature 1");
        assertThatThrownBy(() -> StandardScaler.fit(rows(new double[] {-1e300}, new double[] {1e300})))
                .hasMessage("expected inputs whose variance a double can hold, found feature 0 to be larger");
        StandardScaler scale = StandardScaler.of(new double[] {0, 0}, new double[] {1, 1});
        assertThatThrownBy(() -> scale.apply(Nd4j.zeros(DataType.FLOAT, 2, 3)))
                .hasMessage("expected inputs [batch, 2, …] as those of the training data, found [2, 3]");
        assertThatThrownBy(() -> StandardScaler.of(new double[] {0}, new double[] {-1}))
                .hasMessage("expected finite standard deviations of 0 or more, found [-1.0]");
        assertThatThrownBy(() -> Missing.constant(Double.NaN))
                .hasMessage("expected a finite number for what is missing, found NaN");
    }

    @Test
    void itsTextHasEveryNumberExactly() {
        StandardScaler scale = StandardScaler.fit(rows(new double[] {0.1, 1e-300}, new double[] {1 / 3.0, 1e150}))
                .with(Missing.constant(-0.7));
        INDArray test = Nd4j.createFromArray(new double[][] {{0.3, 5}, {Double.NaN, 1e149}});

        StandardScaler read = StandardScaler.parse(scale.text());

        assertThat(read.apply(test)).isEqualTo(scale.apply(test));
        assertThat(read.text()).isEqualTo(scale.text());
        for (String damaged : new String[] {
            "",
            "mean 1; std 2",
            "mean 1; std x; missing MEAN 0.0",
            "mean 1; std 1; missing",
            "mean 1 2; std 1; missing MEAN 0"
        }) {
            assertThatThrownBy(() -> StandardScaler.parse(damaged))
                    .hasMessage("expected the text of a normalization, 'mean …; std …; missing …', found '" + damaged
                            + "'");
        }
    }

    @Test
    void viewsWithGapsAreNormalizedToo() {
        INDArray wide = Nd4j.createFromArray(new double[][] {{9, 1}, {9, 3}});
        INDArray view = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 2));

        Batch scaled = StandardScaler.of(new double[] {2}, new double[] {1}).apply(new Batch(view, view));

        assertThat(scaled.input().ravel().toDoubleVector()).containsExactly(-1, 1);
    }
}
