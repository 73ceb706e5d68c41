package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.runtime.kernel.Normalizations;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.pytorch.LayerCase;
import org.espalier.runtime.pytorch.PytorchFixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ActivityPenaltiesTest {
    private static Stream<Arguments> cases() {
        return PytorchFixtures.layers("activity").stream()
                .flatMap(one -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(one, type)));
    }

    private static void add(String reduction, INDArray y, INDArray dY, INDArray dX, Regularizer regularizer) {
        if (reduction.equals("mean")) {
            ActivityPenalties.activityPenaltyMean(y, dY, dX, regularizer);
        } else {
            ActivityPenalties.activityPenaltySum(y, dY, dX, regularizer);
        }
    }

    private static Regularizer regularizer(LayerCase one) {
        double lambda = one.number("lambda", 0);
        return new Regularizer("case", one.words().get("word").equals("l1") ? new L1(lambda) : new L2(lambda));
    }

    // Values, not bits: PyTorch writes 0 where this gives -0.
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void penaltyAndGradientArePytorchs(LayerCase one, DataType type) {
        INDArray y = one.array("y", type);
        INDArray dX = one.blank("y", type);
        Regularizer regularizer = regularizer(one);

        if (one.words().get("reduction").equals("mean")) {
            ActivityPenalties.activityPenaltyMean(y, dX, regularizer);
        } else {
            ActivityPenalties.activityPenaltySum(y, dX, regularizer);
        }

        assertThat(dX.ravel().toDoubleVector())
                .containsExactly(one.array("dY", type).ravel().toDoubleVector(), within(0.0));
        assertThat(regularizer.takeActivities().get(0).value()).isCloseTo(one.result(), within(1e-7));
        assertThat(regularizer.takeActivities().get(0).value()).isZero();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void theGradientIsAddedInPlaceToWhatIsThere(LayerCase one, DataType type) {
        INDArray dX = one.blank("y", type).assign(3);

        add(one.words().get("reduction"), one.array("y", type), dX, dX, regularizer(one));

        assertThat(dX.sub(3).ravel().toDoubleVector())
                .containsExactly(one.array("dY", type).ravel().toDoubleVector(), within(1e-6));
    }

    @Test
    void channelsOfALargerArrayLeaveTheOthersAlone() {
        double[] numbers = new Random(1).doubles(2 * 5 * 40_000, -1, 1).toArray();
        INDArray wide = Nd4j.createFromArray(numbers).reshape(2, 5, 40_000);
        INDArray y = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3), NDArrayIndex.all());
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 2, 5, 40_000);
        INDArray part = gradient.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 4), NDArrayIndex.all());
        Regularizer regularizer = new Regularizer("both", new L1(0.5), new L2(2));

        ActivityPenalties.activityPenaltyMean(y, part, part, regularizer);

        double absolutes = 0;
        double squares = 0;
        for (int i = 0; i < numbers.length; i++) {
            int channel = i / 40_000 % 5;
            if (channel == 1 || channel == 2) {
                absolutes += Math.abs(numbers[i]);
                squares += numbers[i] * numbers[i];
                double expected = (0.5 * Math.signum(numbers[i]) + 2 * numbers[i]) / 2;
                assertThat(gradient.getDouble(i + 40_000)).isCloseTo(expected, within(1e-12));
            }
        }
        assertThat(gradient.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2), NDArrayIndex.all())
                        .sumNumber()
                        .doubleValue())
                .isZero();
        double[] penalties = regularizer.takeActivities().stream()
                .mapToDouble(LedgerEntry::value)
                .toArray();
        assertThat(penalties).containsExactly(new double[] {0.5 * absolutes / 2, squares / 2}, within(1e-8));
    }

    @Test
    void nanStaysNan() {
        INDArray y = Nd4j.createFromArray(new float[][] {{Float.NaN, 1}});
        INDArray dX = Nd4j.zeros(DataType.FLOAT, 1, 2);

        ActivityPenalties.activityPenaltySum(y, dX, new Regularizer("l1", new L1(1)));

        assertThat(dX.getDouble(0)).isNaN();
        assertThat(dX.getDouble(1)).isEqualTo(1);
    }

    @Test
    void termsThatNeedWeightsAreRefused() {
        INDArray y = Nd4j.ones(DataType.FLOAT, 1, 2);
        Regularizer proximal = new Regularizer("zeros", new L1(1, Mode.PROX));

        assertThatThrownBy(() -> ActivityPenalties.activityPenaltySum(y, y, y, proximal))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("works on parameters only");
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void asAStepOfANormalizationsGradientTheyAddTheSameToTheBit(DataType type) {
        INDArray x = random(1, type, 3, 4, 30, 90);
        INDArray y = random(2, type, 3, 4, 30, 90);
        INDArray dY = random(3, type, 3, 4, 30, 90);
        INDArray gamma = random(4, type, 4);
        INDArray mean = random(5, type, 4);
        INDArray inverseStd = random(6, type, 4);
        INDArray penalized = Nd4j.zeros(type, 3, 4, 30, 90);
        INDArray apart = Nd4j.zeros(type, 3, 4, 30, 90);
        INDArray together = Nd4j.zeros(type, 3, 4, 30, 90);
        Regularizer first = new Regularizer("both", new L1(0.5), new L2(2));
        Regularizer second = new Regularizer("both", new L1(0.5), new L2(2));

        ActivityPenalties.activityPenaltyMean(y, dY, penalized, first);
        Normalizations.batchNormBackward(x, gamma, mean, inverseStd, penalized, apart, null, null, true, false);
        Normalizations.batchNormBackward(
                x,
                gamma,
                mean,
                inverseStd,
                dY,
                together,
                null,
                null,
                true,
                false,
                ActivityPenalties.activityPenaltyMean(y, second));

        assertThat(together.ravel().toDoubleVector()).isEqualTo(apart.ravel().toDoubleVector());
        double l1 = first.takeActivities().get(0).value();
        assertThat(second.takeActivities().get(0).value()).isCloseTo(l1, within(1e-6 * l1));
    }

    private static INDArray random(long seed, DataType type, long... shape) {
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        double[] numbers = new Random(seed).doubles(size, -1, 1).toArray();
        return Nd4j.createFromArray(numbers).castTo(type).reshape(shape);
    }
}
