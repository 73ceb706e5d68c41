package org.espalier.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.espalier.inference.curve.ActivationCurves;
import org.espalier.runtime.kernel.convolution.Workspace;
import org.espalier.runtime.kernel.loss.Losses;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.window.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Guarantees of kernels besides their formulas, as for NaN, large numbers and refused arguments. */
class KernelsTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void activationsKeepNaNAndTakeInfinity(DataType type) {
        INDArray x = array(type, NAN, INF, -INF, 0, -0.0, 1e-40);
        INDArray y = x.dup();
        Activations.relu(x, y);
        assertThat(values(y)).containsExactly(values(array(type, NAN, INF, 0, 0, 0, 1e-40)));
        Activations.leakyRelu(x, y, 0.5);
        assertThat(values(y)).containsExactly(values(array(type, NAN, INF, -INF, 0, -0.0, 1e-40)));
        Activations.tanh(x, y);
        assertThat(values(y)).containsExactly(values(array(type, NAN, 1, -1, 0, -0.0, 1e-40)));
        Activations.sigmoid(x, y);
        assertThat(values(y)).containsExactly(values(array(type, NAN, 1, 0, 0.5, 0.5, 0.5)));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void gradientsAreZeroAtTheKinkAndPassAtTheSmallestNumber(DataType type) {
        INDArray y = array(type, NAN, INF, 0, -0.0, 1e-40, -1e-40);
        INDArray dY = array(type, 3, 3, 3, 3, 3, 3);
        INDArray dX = y.dup();
        Activations.reluBackward(y, dY, dX);
        assertThat(values(dX)).containsExactly(NAN, 3, 0, 0, 3, 0);
        Activations.leakyReluBackward(y, dY, dX, 0.5);
        assertThat(values(dX)).containsExactly(NAN, 3, 1.5, 1.5, 3, 1.5);
        Activations.leakyReluBackward(y, dY, dX, 2);
        assertThat(values(dX)).containsExactly(NAN, 3, 6, 6, 3, 6);
        INDArray zero = array(type, 0, 0, 0, 0, 0, 0);
        Losses.l1Loss(y, zero, 6, dX);
        assertThat(values(dX)).containsExactly(NAN, 1, 0, 0, 1, -1);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void binaryCrossEntropyTakesSharesOnly(DataType type) {
        INDArray dP = array(type, 0, 0, 0, 0);
        INDArray half = array(type, 0.5, 0, 1, 0.25);
        for (double wrong : new double[] {1.5, -0.5, 1.0000002, -1e-9, NAN, INF}) {
            INDArray broken = array(type, 0.5, 0, 0.75, wrong);
            double held = broken.getDouble(3);
            assertThatThrownBy(() -> Losses.bceLoss(broken, half, 1, dP))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("BCELoss needs predictions between 0 and 1, but that of element 0 of sample 3 is "
                            + held + "; put Sigmoid() last, or use BCEWithLogitsLoss without it");
            assertThatThrownBy(() -> Losses.bceLoss(half, broken, 1, dP))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("BCELoss needs targets between 0 and 1, but that of element 0 of sample 3 is " + held);
        }
        assertThat(Losses.bceLoss(array(type, 0, 1), array(type, 1, 0), 1, array(type, 0, 0)))
                .isEqualTo(100);
        // As in PyTorch, which limits the targets of logits to nothing.
        assertThat(Losses.bceWithLogitsLoss(array(type, 0.5), array(type, 1.5), 1, array(type, 0)))
                .isCloseTo(0.2240769841801067, within(1e-7));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void softmaxOfLargeNumbersDoesNotOverflow(DataType type) {
        INDArray x = array(type, 5000, -3000, 5000, NAN).reshape(1, 4).dup('c');
        INDArray y = x.dup();
        Activations.softmax(x, y, 1);
        assertThat(values(y)).containsOnly(NAN);
        x.putScalar(3, -1e30);
        Activations.softmax(x, y, 1);
        assertThat(values(y)).containsExactly(0.5, 0, 0.5, 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void curvesKeepNaN(DataType type) {
        INDArray x = array(type, NAN);
        INDArray y = x.dup();
        INDArray dY = array(type, 3);
        List<Runnable> kernels = List.of(
                () -> Activations.elu(x, y, 1),
                () -> Activations.eluBackward(x, dY, y, 1),
                () -> Activations.silu(x, y),
                () -> Activations.siluBackward(x, dY, y),
                () -> Activations.gelu(x, y),
                () -> Activations.geluBackward(x, dY, y),
                () -> Activations.tanhGelu(x, y),
                () -> Activations.tanhGeluBackward(x, dY, y),
                () -> Activations.softplus(x, y, 1, 20),
                () -> Activations.softplusBackward(x, dY, y, 1, 20),
                () -> Activations.hardtanh(x, y, -1, 1),
                () -> Activations.hardtanhBackward(x, dY, y, -1, 1));
        for (Runnable kernel : kernels) {
            y.assign(0);
            kernel.run();
            assertThat(values(y)).containsExactly(NAN);
        }
    }

    @Test
    void tanhOfFloatsIsAccurateEverywhere() {
        float[] x = new float[40_000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.pow(10, i / 5000.0 - 6);
        }
        float[] y = x.clone();
        ActivationCurves.tanh(y, y.length);
        for (int i = 0; i < x.length; i++) {
            double tanh = Math.tanh(x[i]);
            assertThat((double) y[i]).isCloseTo(tanh, within(5e-7 * tanh));
        }
        float[] extremes = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f};
        ActivationCurves.tanh(extremes, extremes.length);
        assertThat(extremes).containsExactly(Float.NaN, 1, -1, -0f);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void poolingLetsNaNWinAndPaddingLose(DataType type) {
        Window window = Window.kernel(2, 2).stride(2, 2).padding(1, 1);
        INDArray x = array(type, -5, -2, -2, -8, NAN, -1, -1, -1, -INF).reshape(1, 1, 3, 3);
        INDArray y = Nd4j.create(type, 1, 1, 2, 2);
        Kernels.maxPool2d(x, y, window);
        assertThat(y.data().asDouble()).containsExactly(-5, -2, -1, NAN);
        INDArray dX = Nd4j.create(type, 1, 1, 3, 3);
        Kernels.maxPool2dBackward(x, array(type, 1, 2, 3, 4).reshape(1, 1, 2, 2), dX, window);
        assertThat(dX.data().asDouble()).containsExactly(1, 2, 0, 0, 4, 0, 3, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void poolingWithoutPaddingChoosesTheFirstOfEqualsAndTheLastNaN(DataType type) {
        Window window = Window.kernel(2, 2).stride(2, 2);
        INDArray x = array(
                        type, 7, 7, 0, -0.0, -INF, -INF, 7, 7, -0.0, 0, -INF, -INF, 1, NAN, INF, 2, 3, NAN, 4, NAN, INF,
                        5, NAN, NAN)
                .reshape(1, 1, 4, 6);
        INDArray y = Nd4j.create(type, 1, 1, 2, 3);
        Kernels.maxPool2d(x, y, window);
        assertThat(y.data().asDouble()).containsExactly(7, 0, -INF, NAN, INF, NAN);
        INDArray dX = Nd4j.create(type, 1, 1, 4, 6);
        Kernels.maxPool2dBackward(x, array(type, 1, 2, 3, 4, 5, 6).reshape(1, 1, 2, 3), dX, window);
        double[] expected = {1, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 4, 0, 0, 0, 6};
        assertThat(dX.data().asDouble()).containsExactly(expected);

        Kernels.adaptiveMaxPool2d(x, y);
        assertThat(y.data().asDouble()).containsExactly(7, 0, -INF, NAN, INF, NAN);
        Kernels.adaptiveMaxPool2dBackward(x, array(type, 1, 2, 3, 4, 5, 6).reshape(1, 1, 2, 3), dX.assign(NAN));
        assertThat(dX.data().asDouble()).containsExactly(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void unpoolingPutsElementsWhereThePoolTookThemFrom(DataType type) {
        Window window = Window.kernel(2, 2).stride(2, 2);
        INDArray x = array(type, 1, 5, 2, 2, 3, 4, 8, 7).reshape(1, 1, 2, 4);
        INDArray places = Nd4j.create(type, 1, 1, 1, 2);
        Kernels.maxPool2dIndices(x, places, window);
        assertThat(places.data().asDouble()).containsExactly(1, 6);
        Kernels.adaptiveMaxPool2dIndices(x, places);
        assertThat(places.data().asDouble()).containsExactly(1, 6);

        INDArray pooled = array(type, 5, 8).reshape(1, 1, 1, 2);
        INDArray y = Nd4j.create(type, 1, 1, 2, 4).assign(9);
        Kernels.maxUnpool(pooled, places, y);
        assertThat(y.data().asDouble()).containsExactly(0, 5, 0, 0, 0, 0, 8, 0);
        INDArray dPooled = Nd4j.create(type, 1, 1, 1, 2);
        Kernels.maxUnpoolBackward(x, places, dPooled);
        assertThat(dPooled.data().asDouble()).containsExactly(5, 8);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void unpoolingOfSeveralElementsToOnePlaceKeepsTheLast(DataType type) {
        INDArray places = Nd4j.createFromArray(2, 0, 2).reshape(1, 1, 3);
        INDArray y = Nd4j.create(type, 1, 1, 4);
        Kernels.maxUnpool(array(type, 5, 6, 7).reshape(1, 1, 3), places, y);
        assertThat(y.data().asDouble()).containsExactly(6, 0, 7, 0);
        INDArray dX = Nd4j.create(type, 1, 1, 3);
        Kernels.maxUnpoolBackward(array(type, 1, 2, 3, 4).reshape(1, 1, 4), places, dX);
        assertThat(dX.data().asDouble()).containsExactly(0, 1, 3);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Kernels.maxUnpool(dX, array(type, 0, 1.5, 2).reshape(1, 1, 3), y))
                .withMessageContaining("an index of max unpooling is 1.5, but a channel has 4 places, from 0 to 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Kernels.maxUnpool(dX, array(type, 0, 1, 4).reshape(1, 1, 3), y))
                .withMessageContaining("an index of max unpooling is 4.0");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void poolingWithPaddingGivesTheGradientToTheLastNaN(DataType type) {
        Window window = Window.kernel(2, 2).stride(2, 2).padding(1, 1);
        INDArray x = array(type, NAN, 1, NAN, 2, NAN, NAN, 3, 4, NAN).reshape(1, 1, 3, 3);
        INDArray y = Nd4j.create(type, 1, 1, 2, 2);
        Kernels.maxPool2d(x, y, window);
        assertThat(y.data().asDouble()).containsExactly(NAN, NAN, 3, NAN);
        INDArray dX = Nd4j.create(type, 1, 1, 3, 3);
        Kernels.maxPool2dBackward(x, array(type, 1, 2, 3, 4).reshape(1, 1, 2, 2), dX, window);
        assertThat(dX.data().asDouble()).containsExactly(1, 0, 2, 0, 0, 0, 3, 0, 4);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void poolingRefusesWindowsOfPaddingAlone(DataType type) {
        INDArray x = Nd4j.create(type, 1, 1, 2, 2);
        INDArray y = Nd4j.create(type, 1, 1, 4, 4);
        assertThatThrownBy(() -> Kernels.maxPool2d(x, y, Window.kernel(1, 1).padding(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("padding alone");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void normalizationNeedsMoreThanOneValueToTrain(DataType type) {
        INDArray x = Nd4j.ones(type, 1, 2, 1, 1);
        INDArray c = Nd4j.ones(type, 2);
        INDArray y = x.dup();
        assertThatThrownBy(() -> Normalizations.batchNorm(x, null, null, c, c, c.dup(), c.dup(), y, 1e-5, 0.1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than one value per channel");
        Normalizations.batchNorm(x, null, null, c, c, c.dup(), c.dup(), y, 0, 0.1, false);
        assertThat(y.data().asDouble()).containsExactly(0, 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void normalizationFindsASmallVarianceAboutALargeMean(DataType type) {
        INDArray x = array(type, 4096, 4097, 4098, 4099).reshape(1, 1, 2, 2);
        INDArray mean = Nd4j.create(type, 1, 1);
        INDArray inverseStd = Nd4j.create(type, 1, 1);
        Normalizations.instanceNorm(x, null, null, mean, inverseStd, x.dup(), 0);
        assertThat(mean.getDouble(0)).isEqualTo(4097.5);
        assertThat(inverseStd.getDouble(0)).isCloseTo(1 / Math.sqrt(1.25), org.assertj.core.data.Offset.offset(1e-6));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void labelsThatAreNoClassesAreNamed(DataType type) {
        INDArray logits = Nd4j.create(type, 3, 4);
        assertThatThrownBy(() -> Losses.crossEntropyLoss(logits, Nd4j.createFromArray(0, 4, 1), 1, logits.dup()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label 1 is 4")
                .hasMessageContaining("from 0 to 3");
        assertThatThrownBy(() -> Losses.crossEntropyLoss(logits, Nd4j.createFromArray(0, 1, -1L), 1, logits.dup()))
                .hasMessageContaining("label 2 is -1");
        assertThatThrownBy(() -> Losses.crossEntropyLoss(logits, Nd4j.createFromArray(0, 1.5, 1), 1, logits.dup()))
                .hasMessageContaining("label 1 is 1.5");
        assertThatThrownBy(() -> Losses.crossEntropyLoss(logits, Nd4j.createFromArray(0, 1), 1, logits.dup()))
                .hasMessageContaining("3 rows of predictions, but 2 labels");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void crossEntropyStandsLargeLogits(DataType type) {
        INDArray logits = array(type, 1e4, -1e4, 0).reshape(1, 3);
        INDArray dLogits = logits.dup();
        double loss = Losses.crossEntropyLoss(logits, Nd4j.createFromArray(1), 1, dLogits);
        assertThat(loss).isEqualTo(2e4);
        assertThat(dLogits.data().asDouble()).containsExactly(1, -1, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void aTrackedInstanceNormalizationIsABatchNormalizationWhenNotTraining(DataType type) {
        INDArray x = Nd4j.linspace(type, -1, 0.07, 2 * 3 * 4 * 5).reshape(2, 3, 4, 5);
        INDArray dY = Nd4j.linspace(type, 2, -0.03, 2 * 3 * 4 * 5).reshape(2, 3, 4, 5);
        INDArray gamma = Nd4j.createFromArray(1.0, 0.5, 2).castTo(type);
        INDArray beta = Nd4j.createFromArray(0.1, 0, -1).castTo(type);
        INDArray runningMean = Nd4j.createFromArray(0.2, -0.3, 1).castTo(type);
        INDArray runningVar = Nd4j.createFromArray(1.5, 0.4, 2).castTo(type);
        INDArray[] saved = {Nd4j.zeros(type, 3), Nd4j.zeros(type, 3), Nd4j.zeros(type, 2, 3), Nd4j.zeros(type, 2, 3)};
        INDArray[] made = new INDArray[8];
        Arrays.setAll(made, i -> i % 4 < 2 ? Nd4j.zeros(type, 2, 3, 4, 5) : Nd4j.zeros(type, 3));

        Normalizations.batchNorm(
                x, gamma, beta, runningMean, runningVar, saved[0], saved[1], made[0], 1e-5, 0.1, false);
        Normalizations.batchNormBackward(x, gamma, saved[0], saved[1], dY, made[1], made[2], made[3], false, false);
        Normalizations.instanceNorm(
                x, gamma, beta, runningMean, runningVar, saved[2], saved[3], made[4], 1e-5, 0.1, false);
        Normalizations.instanceNormBackward(x, gamma, saved[2], saved[3], dY, made[5], made[6], made[7], false, false);

        double tolerance = type == DataType.FLOAT ? 2e-5 : 1e-12;
        for (int i = 0; i < 4; i++) {
            assertThat(made[i + 4].data().asDouble())
                    .containsExactly(made[i].data().asDouble(), within(tolerance));
        }
    }

    @Test
    void alphaDropoutKeepsMeanAndVariance() {
        int count = 200_000;
        RandomStream random = new RandomStream(4);
        double[] normal = new double[count];
        for (int i = 0; i < count; i++) {
            normal[i] = random.nextGaussian();
        }
        INDArray x = Nd4j.createFromArray(normal).reshape(1, count);
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, 1, count);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 1, count);

        Kernels.alphaDropout(x, mask, y, 0.3, true, new RandomStream(9));

        double[] values = y.data().asDouble();
        double mean = Arrays.stream(values).average().orElseThrow();
        double square =
                Arrays.stream(values).map(value -> value * value).average().orElseThrow();
        assertThat(mean).isCloseTo(0, within(0.01));
        assertThat(square).isCloseTo(1, within(0.02));
        assertThat(Arrays.stream(mask.data().asDouble())
                        .filter(kept -> kept == 0)
                        .count())
                .isCloseTo(60_000L, within(800L));
    }

    @Test
    void slopesOfARandomRectifierAreDrawnEvenlyAndTheirMiddleIsUsedAfterwards() {
        int count = 100_000;
        INDArray x = Nd4j.ones(DataType.DOUBLE, 1, count).neg();
        INDArray slope = Nd4j.zeros(DataType.DOUBLE, 1, count);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 1, count);

        Kernels.rrelu(x, slope, y, 0.2, 0.6, true, new RandomStream(9));

        double[] slopes = slope.data().asDouble();
        assertThat(Arrays.stream(slopes)).allMatch(one -> one >= 0.2 && one < 0.6);
        assertThat(Arrays.stream(slopes).average().orElseThrow()).isCloseTo(0.4, within(0.002));
        assertThat(Arrays.stream(slopes).filter(one -> one < 0.3).count()).isCloseTo(25_000L, within(500L));
        assertThat(y.data().asDouble())
                .isEqualTo(Arrays.stream(slopes).map(one -> -one).toArray());

        Kernels.rrelu(x, slope, y, 0.2, 0.6, false, new RandomStream(9));
        assertThat(y.data().asDouble()).containsOnly(-0.4);
    }

    @Test
    void dropoutIsTheSameForTheSameSeedAndKeepsTheMean() {
        INDArray x = Nd4j.ones(DataType.FLOAT, 50, 4, 16, 16);
        INDArray mask = x.dup();
        INDArray y = x.dup();
        Kernels.dropout(x, mask, y, 0.25, true, new RandomStream(9));
        double[] first = y.data().asDouble();
        assertThat(Arrays.stream(first).filter(v -> v == 0).count() / (double) first.length)
                .isBetween(0.24, 0.26);
        assertThat(y.meanNumber().doubleValue()).isBetween(0.98, 1.02);
        Kernels.dropout(x, mask, y, 0.25, true, new RandomStream(9));
        assertThat(y.data().asDouble()).containsExactly(first);
        Kernels.dropout(x, mask, y, 0.25, true, new RandomStream(10));
        assertThat(y.data().asDouble()).isNotEqualTo(first);
        Kernels.dropout(x, mask, y, 1, true, new RandomStream(9));
        assertThat(y.sumNumber().doubleValue()).isZero();
    }

    @Test
    void randomStreamsGoOnWhereTheyWere() {
        RandomStream stream = new RandomStream(4);
        stream.nextGaussian();
        long state = stream.state();
        double next = stream.nextDouble();
        RandomStream resumed = new RandomStream(4);
        resumed.state(state);
        assertThat(resumed.nextDouble()).isEqualTo(next);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 20_000; i++) {
            double value = resumed.nextGaussian();
            sum += value;
            squares += value * value;
        }
        assertThat(sum / 20_000).isBetween(-0.03, 0.03);
        assertThat(squares / 20_000).isBetween(0.96, 1.04);
    }

    @Test
    void concatLeavesAPartInItsPlace() {
        INDArray y = Nd4j.rand(DataType.FLOAT, 2, 4, 3, 3);
        INDArray before = y.dup();
        INDArray part = y.get(
                org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 4));
        INDArray first = Nd4j.zeros(DataType.FLOAT, 2, 1, 3, 3);
        Kernels.concat(y, first, part);
        assertThat(part)
                .isEqualTo(before.get(
                        org.nd4j.linalg.indexing.NDArrayIndex.all(),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 4)));
        assertThat(y.getDouble(1, 0, 1, 1)).isZero();
    }

    @Test
    void reductionsOfRowsAndColumns() {
        INDArray x = Nd4j.createFromArray(new double[][][] {{{1, -2, 3}, {4, 0, 3}}});
        INDArray row = Nd4j.create(DataType.DOUBLE, 1, 2, 1);
        INDArray column = Nd4j.create(DataType.DOUBLE, 1, 1, 3);

        Kernels.reduceSum(x, row);
        assertThat(row.reshape(2)).isEqualTo(Nd4j.createFromArray(2.0, 7.0));
        Kernels.reduceMean(x, column);
        assertThat(column.reshape(3)).isEqualTo(Nd4j.createFromArray(2.5, -1.0, 3.0));
        Kernels.reduceMin(x, column);
        assertThat(column.reshape(3)).isEqualTo(Nd4j.createFromArray(1.0, -2.0, 3.0));
        Kernels.reduceProduct(x, row);
        assertThat(row.reshape(2)).isEqualTo(Nd4j.createFromArray(-6.0, 0.0));
        Kernels.reduceNorm(x, row);
        assertThat(row.reshape(2)).isEqualTo(Nd4j.createFromArray(Math.sqrt(14), 5.0));
    }

    @Test
    void logarithmsOfSumsOfLargeNumbersAreFinite() {
        INDArray y = Nd4j.create(DataType.FLOAT, 2, 1);

        Kernels.reduceLogSumExp(
                Nd4j.createFromArray(new float[][] {{1000, 1000}, {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}}),
                y);

        assertThat(y.getFloat(0, 0)).isEqualTo((float) (1000 + Math.log(2)));
        assertThat(y.getFloat(1, 0)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void equalExtremaShareTheirGradientAndNanHasNone() {
        INDArray x = Nd4j.createFromArray(new double[][] {{3, 1, 3}, {1, Double.NaN, 2}});
        INDArray y = Nd4j.create(DataType.DOUBLE, 2, 1);
        INDArray dX = Nd4j.create(DataType.DOUBLE, 2, 3);

        Kernels.reduceMax(x, y);
        Kernels.reduceMaxBackward(x, y, Nd4j.createFromArray(new double[][] {{4}, {1}}), dX);

        assertThat(y.getDouble(1, 0)).isNaN();
        assertThat(dX.getRow(0)).isEqualTo(Nd4j.createFromArray(2.0, 0.0, 2.0));
        assertThat(dX.getDouble(1, 0)).isNaN();
    }

    @Test
    void productsWithZerosHaveGradients() {
        INDArray x = Nd4j.createFromArray(new double[][] {{2, 0, 3}, {0, 5, 0}, {2, 4, 5}});
        INDArray y = Nd4j.create(DataType.DOUBLE, 3, 1);
        INDArray dX = Nd4j.create(DataType.DOUBLE, 3, 3);

        Kernels.reduceProduct(x, y);
        Kernels.reduceProductBackward(x, y, Nd4j.ones(DataType.DOUBLE, 3, 1), dX);

        assertThat(dX).isEqualTo(Nd4j.createFromArray(new double[][] {{0, 6, 0}, {0, 0, 0}, {20, 10, 8}}));
    }

    @Test
    void arraysThatKernelsCannotReadAreRefused() {
        INDArray x = Nd4j.create(DataType.FLOAT, 2, 3, 4, 5);
        assertThatThrownBy(() -> Activations.relu(x.permute(0, 1, 3, 2), x.dup()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("contiguous");
        assertThatThrownBy(() -> Activations.relu(x.castTo(DataType.INT32), x.dup()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT and DOUBLE");
        assertThatThrownBy(() -> Activations.relu(x, x.castTo(DataType.DOUBLE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT");
        Activations.relu(x, x);
        x.close();
        assertThatThrownBy(() -> Activations.relu(x, x)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void workspacesGrowAndAreFreed() {
        Workspace workspace = new Workspace();
        assertThat(workspace.bytes()).isZero();
        INDArray x = Nd4j.rand(DataType.FLOAT, 1, 3, 8, 8);
        INDArray W = Nd4j.rand(DataType.FLOAT, 2, 3, 3, 3);
        INDArray y = Nd4j.create(DataType.FLOAT, 1, 2, 6, 6);
        Kernels.conv2d(x, W, y, Window.kernel(3, 3), workspace);
        long bytes = workspace.bytes();
        assertThat(bytes).isPositive();
        Kernels.conv2d(x, W, y, Window.kernel(3, 3), workspace);
        assertThat(workspace.bytes()).isEqualTo(bytes);
        workspace.close();
        assertThat(workspace.bytes()).isZero();
    }

    @Test
    void parallelTasksRunOnceEachAlsoInsideOneAnother() {
        AtomicIntegerArray runs = new AtomicIntegerArray(100);
        for (int repeat = 0; repeat < 50; repeat++) {
            Parallel.forEach(10, i -> Parallel.forEach(10, j -> runs.incrementAndGet(10 * i + j)));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(runs.get(i)).isEqualTo(50);
        }
    }

    @Test
    void parallelTasksThatFailFailTheirCaller() {
        assertThatThrownBy(() -> Parallel.forEach(8, task -> {
                    if (task == 5) {
                        throw new IllegalStateException("task 5");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task 5");
        AtomicIntegerArray runs = new AtomicIntegerArray(8);
        Parallel.forEach(8, runs::incrementAndGet);
        assertThat(runs.get(7)).isEqualTo(1);
    }

    @Test
    void windowsCheckTheirSizes() {
        assertThatThrownBy(() -> Window.kernel(3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kernel must be at least 1, but is (1, 3, 0)");
        assertThatThrownBy(() -> Window.kernel(3, 3).padding(-1, 0)).hasMessageContaining("padding must be at least 0");
        assertThat(Window.kernel(4, 3).stride(2, 1).padding(1, 0).dilation(3, 2).outputPadding(1, 0))
                .isEqualTo(new Window(
                        new Window.Sizes(1, 4, 3),
                        new Window.Sizes(1, 2, 1),
                        new Window.Sizes(0, 1, 0),
                        new Window.Sizes(1, 3, 2),
                        new Window.Sizes(0, 1, 0)));
    }

    private static INDArray array(DataType type, double... values) {
        return Nd4j.createFromArray(values).castTo(type);
    }

    /** The elements, -0.0 as 0.0: what counts is the value. */
    private static double[] values(INDArray array) {
        return Arrays.stream(array.data().asDouble()).map(value -> value + 0.0).toArray();
    }
}
