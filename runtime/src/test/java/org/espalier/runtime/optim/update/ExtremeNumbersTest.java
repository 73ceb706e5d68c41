package org.espalier.runtime.optim.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Adamax;
import org.espalier.runtime.optim.optimizer.NAdam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients and weights whose squares no number of their precision holds. */
class ExtremeNumbersTest {
    private static final double ROOT_3 = Math.sqrt(3);

    private static INDArray array(DataType type, double... numbers) {
        return Nd4j.createFromArray(numbers).castTo(type);
    }

    private static FusedUpdate<?> over(INDArray w, INDArray g, List<Long> shape, Term... terms) {
        return FusedUpdate.over(w, g, List.of(new FusedUpdate.Tensor(0, shape, new Regularizer("terms", terms))));
    }

    /** The weights after a step with no gradient but the penalties'. */
    private static double[] stepped(DataType type, double lr, Term term, List<Long> shape, double... weights) {
        INDArray w = array(type, weights);
        over(w, Nd4j.create(type, weights.length), shape, term).update(new Sgd(lr));
        return w.toDoubleVector();
    }

    private static double[] clipped(DataType type, double maximum, double[] gradient) {
        INDArray w = Nd4j.create(type, gradient.length);
        Sgd sgd = new Sgd(1);
        sgd.clipNorm(maximum);
        FusedUpdate.over(w, array(type, gradient), List.of(new FusedUpdate.Tensor(0, gradient.length, null)))
                .update(sgd);
        return w.toDoubleVector();
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT, 1e20, 100",
        "FLOAT, 3e38, 10000",
        "FLOAT, 1e20, 300000",
        "DOUBLE, 1e20, 100",
        "DOUBLE, 1e200, 100",
        "DOUBLE, 1.7e308, 10000",
        "DOUBLE, 1e160, 300000"
    })
    void theNormOfGradientsDoesNotOverflow(DataType type, double each, int count) {
        double[] gradient = new double[count];
        Arrays.fill(gradient, each);
        double expected = -1 / Math.sqrt(count);
        assertThat(Arrays.stream(clipped(type, 1, gradient)).distinct())
                .hasSize(1)
                .allSatisfy(found -> assertThat(found).isCloseTo(expected, within(1e-6 * -expected)));
    }

    @Test
    void aBoundFarBelowTheNormKeepsItsDigits() {
        // The factor, 1e-40, is one of single precision with 4 digits.
        double[] gradient = {3e30, -4e30};
        assertThat(clipped(DataType.FLOAT, 5e-10, gradient))
                .containsExactly(new double[] {-3e-10, 4e-10}, within(1e-16));
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void smallGradientsAreLeftAlone(DataType type) {
        double[] gradient = {1e-30, -1e-38, 0};
        assertThat(clipped(type, 1, gradient)).containsExactly(new double[] {-1e-30, 1e-38, 0}, within(1e-36));
    }

    @Test
    void everyGradientThatIsNotFiniteIsFound() {
        int[] sizes = {5, 4_096, 200_001, 1, 4_097};
        INDArray w = Nd4j.create(DataType.FLOAT, 208_200);
        INDArray g = Nd4j.createFromArray(gaussian(208_200));
        FusedUpdate.Tensor[] tensors = new FusedUpdate.Tensor[sizes.length];
        for (int i = 0, offset = 0; i < sizes.length; offset += sizes[i], i++) {
            tensors[i] = new FusedUpdate.Tensor(offset, sizes[i], null);
        }
        FusedUpdate<?> update = FusedUpdate.over(w, g, List.of(tensors));
        double norm =
                Math.sqrt(Arrays.stream(g.toDoubleVector()).map(x -> x * x).sum());
        assertThat(update.gradientNorm().root()).isCloseTo(norm, within(1e-6 * norm));
        for (int place : new int[] {0, 4, 5, 4_100, 4_101, 70_000, 204_101, 204_102, 204_103, 208_199}) {
            for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                float before = g.getFloat(place);
                g.putScalar(place, broken);
                assertThat(update.gradientNorm().isFinite())
                        .as("%s at %s", broken, place)
                        .isFalse();
                g.putScalar(place, before);
            }
        }
        g.putScalar(204_102, Float.NaN);
        update.frozen(3, true);
        assertThat(update.gradientNorm().isFinite()).isTrue();
        update.frozen(3, false);
        assertThat(update.gradientNorm().isFinite()).isFalse();
    }

    private static float[] gaussian(int count) {
        Random random = new Random(3);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    // The gradient of λ √3 ‖w‖ is λ √3 w / ‖w‖, which is the same for every length of w.

    @ParameterizedTest
    @CsvSource({"FLOAT, 1e-40, 1e-6", "DOUBLE, 1e-40, 1e-15", "DOUBLE, 1e-200, 1e-15", "DOUBLE, 1e-310, 1e-9"})
    void normsOfTinyGroupsHaveTheGradientOfAllOthers(DataType type, double size, double tolerance) {
        double third = 0.1 * ROOT_3 / 3;
        double[] expected = {-third, -2 * third, -2 * third, 0, 0, 0, 3 - 6 * third / 10, 4 - 8 * third / 10, 0};
        expected[6] = 3 - 0.1 * ROOT_3 * 0.6;
        expected[7] = 4 - 0.1 * ROOT_3 * 0.8;
        assertThat(stepped(
                        type,
                        1,
                        new GroupLasso(0.1, 0, Mode.SUBGRADIENT),
                        List.of(3L, 3L),
                        size,
                        2 * size,
                        2 * size,
                        0,
                        0,
                        0,
                        3,
                        4,
                        0))
                .containsExactly(expected, within(Math.max(tolerance, type == DataType.FLOAT ? 5e-7 : 1e-15)));
        assertThat(stepped(type, 1, new L2Norm(3), List.of(3L), size, 2 * size, 2 * size))
                .containsExactly(new double[] {-1, -2, -2}, within(20 * tolerance));
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, 1e30", "FLOAT, 1e38", "DOUBLE, 1e30", "DOUBLE, 1e200", "DOUBLE, 5e307"})
    void normsOfHugeGroupsHaveTheGradientOfAllOthers(DataType type, double size) {
        // A step as long as the weights shows what the gradient was.
        double third = 0.1 * ROOT_3 / 3;
        double[] found = stepped(
                type,
                size,
                new GroupLasso(0.1, 1, Mode.SUBGRADIENT),
                List.of(3L, 2L),
                size,
                1e-40,
                2 * size,
                0,
                -2 * size,
                0);
        double[] column = {found[0] / size, found[2] / size, found[4] / size};
        assertThat(column).containsExactly(new double[] {1 - third, 2 - 2 * third, -2 + 2 * third}, within(1e-6));
        assertThat(found[1] / size).isCloseTo(-0.1 * ROOT_3, within(1e-7));
        assertThat(found[3]).isZero();
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, 1e-40", "FLOAT, 1e38", "DOUBLE, 1e-200", "DOUBLE, 1e200"})
    void boundsAndProximalMapsHoldForEveryLength(DataType type, double size) {
        double[] weights = {size, 2 * size, -2 * size, 0, 0, 0};
        double bound = size > 1 ? 1e-3 : 3 * size / 1024;
        double third = bound / 3;
        assertThat(stepped(type, 1, new MaxNorm(bound, 0), List.of(2L, 3L), weights))
                .containsExactly(new double[] {third, 2 * third, -2 * third, 0, 0, 0}, within(2e-3 * bound));
        double[] shrunk = stepped(type, size, new GroupLasso(0.5, 0, Mode.PROX), List.of(2L, 3L), weights);
        double left = 1 - 0.5 * ROOT_3 / 3;
        assertThat(shrunk)
                .containsExactly(
                        DoubleStream.of(weights).map(weight -> left * weight).toArray(), within(1e-4 * size));
    }

    @ParameterizedTest
    @CsvSource({"1e20", "3e38"})
    void theLedgerHoldsSquaresThatSinglePrecisionDoesNot(double size) {
        double[] weights = new double[70_000];
        Arrays.fill(weights, size);
        INDArray w = array(DataType.FLOAT, weights);
        FusedUpdate<?> update = over(w, Nd4j.create(DataType.FLOAT, 70_000), List.of(70_000L), new L1(1), new L2(1e-9));
        double held = (float) size;

        List<LedgerEntry> before = update.penalties();
        List<LedgerEntry> during = update.update(new Sgd(1e-3));

        assertThat(before.get(0).value()).isCloseTo(70_000 * held, within(70_000 * held * 1e-6));
        assertThat(before.get(1).value()).isCloseTo(35e-6 * held * held, within(35e-6 * held * held * 1e-6));
        assertThat(during).isEqualTo(before);
        assertThat(update.update(new Sgd(0)).get(1).value()).isFinite();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void withoutAnEpsilonWhatHasNoGradientStays(DataType type) {
        for (Optimizer optimizer : List.of(
                new Adam(0.5, 0.9, 0.999, 0),
                new AdamW(0.5, 0.9, 0.999, 0, 0),
                new RmsProp(0.5, 0.75, 0, 0, false),
                new RmsProp(0.5, 0.75, 0, 0.5, true),
                new Adam(0.5, 0.9, 0.999, 0).amsgrad(),
                new Adamax(0.5, 0.9, 0.999, 0),
                new NAdam(0.5, 0, 0.999, 0, 0, 0),
                new Adagrad(0.5, 0, 0, 0))) {
            INDArray w = array(type, 3, 3);
            INDArray g = array(type, 0, 2);
            FusedUpdate<?> update = over(w, g, List.of(2L), new L1(0));
            update.update(optimizer);
            // The first step of each, for g = 2: lr · g / √(share · g²), Adam's and Adagrad's share being 1.
            double share = optimizer instanceof RmsProp rms ? (rms.toString().contains("true") ? 0.1875 : 0.25) : 1;
            assertThat(w.toDoubleVector())
                    .as(optimizer.toString())
                    .containsExactly(new double[] {3, 3 - 0.5 / Math.sqrt(share)}, within(1e-6));
        }
    }
}
