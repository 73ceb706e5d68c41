package org.espalier.inference.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Functions of elements in single precision are as near to those in double precision as is said of them. */
class ActivationCurvesTest {
    private static final int BLOCK = 1_000;

    @Test
    void theExponentialIsWithinAUnitInTheLastPlace() {
        assertWithinUnits(1, -68, 88.7f, FastExponential::exp, Math::exp);
        assertNear(1.3e-38, 1.2e-7, -300, -68, FastExponential::exp, Math::exp);
    }

    @Test
    void theExponentialOfWhatHasNone() {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 89, -88, 0};
        FastExponential.exp(values, values.length);

        assertThat(values).containsExactly(Float.NaN, Float.POSITIVE_INFINITY, 0, Float.POSITIVE_INFINITY, 0, 1);
    }

    @Test
    void exponentialsHaveTheSameBitsHoweverManyThereAre() {
        Random random = new Random(3);
        for (int n : new int[] {1, 255, 256, 261, 2_048, 5_003}) {
            float[] together = new float[n];
            for (int i = 0; i < n; i++) {
                together[i] = 180 * random.nextFloat() - 90;
            }
            float[] alone = together.clone();
            FastExponential.exp(together, n);
            for (int i = 0; i < n; i++) {
                float[] one = {alone[i]};
                FastExponential.exp(one, 1);
                alone[i] = one[0];
            }
            assertThat(together).isEqualTo(alone);
        }
    }

    @Test
    void theSigmoidIsWithinThreeUnitsInTheLastPlace() {
        assertWithinUnits(3, -67, 200, ActivationCurves::sigmoid, x -> 1 / (1 + Math.exp(-x)));
    }

    @Test
    void theSigmoidOfGatesIsWithinThreeTenMillionths() {
        FloatCurve gates = (values, n) -> ActivationCurves.gate(values, 0, n);

        assertNear(3e-7, 0, -200, 200, gates, x -> 1 / (1 + Math.exp(-x)));
        assertNear(0, 2e-6, -5, 200, gates, x -> 1 / (1 + Math.exp(-x)));
    }

    @Test
    void gatesThatAreNoneStaySo() {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3};
        ActivationCurves.gate(values, 0, 3);

        assertThat(values[0]).isNaN();
        assertThat(values[1]).isEqualTo(1);
        assertThat(values[2]).isBetween(0f, 1e-7f);
        assertThat(values[3]).isEqualTo(3);
    }

    @Test
    void eluIsWithinTwoMillionths() {
        assertNear(0, 2e-6, -100, 10, ActivationCurves.elu(1.5f), x -> x > 0 ? x : 1.5 * Math.expm1(x));
    }

    @Test
    void siluIsWithinFiveTenMillionths() {
        assertNear(0, 5e-7, -60, 60, ActivationCurves::silu, ActivationCurvesTest::silu);
    }

    private static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    @Test
    void geluIsWithinFiveTenMillionths() {
        assertNear(5e-7, 3e-7, -30, 30, ActivationCurves::gelu, x -> x * Normal.distribution(x));
    }

    @Test
    void theGeluOfATanhIsWithinAMillionth() {
        assertNear(
                1e-6,
                3e-7,
                -30,
                30,
                ActivationCurves::tanhGelu,
                x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    }

    @Test
    void softplusIsLinearBeyondAThreshold() {
        assertNear(
                2e-38,
                5e-7,
                -40,
                40,
                ActivationCurves.softplus(2, 20),
                x -> 2 * x > 20 ? x : Math.log1p(Math.exp(2 * x)) / 2);
    }

    @Test
    void whatIsNoNumberStaysNone() {
        for (FloatCurve f : new FloatCurve[] {
            ActivationCurves::sigmoid,
            ActivationCurves.elu(1),
            ActivationCurves::silu,
            ActivationCurves::gelu,
            ActivationCurves::tanhGelu,
            ActivationCurves.softplus(1, 20)
        }) {
            float[] values = {Float.NaN};
            f.apply(values, 1);
            assertThat(values).containsOnly(Float.NaN);
        }
    }

    private static void assertWithinUnits(double units, float from, float to, FloatCurve f, DoubleUnaryOperator exact) {
        forEachBlock(from, to, (arguments, values) -> {
            f.apply(values, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                double expected = exact.applyAsDouble(arguments[i]);
                assertThat(Math.abs(values[i] - expected) / Math.ulp((float) expected))
                        .as("units at %s", arguments[i])
                        .isLessThan(units);
            }
        });
    }

    private static void assertNear(
            double absolute, double relative, float from, float to, FloatCurve f, DoubleUnaryOperator exact) {
        forEachBlock(from, to, (arguments, values) -> {
            f.apply(values, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                double expected = exact.applyAsDouble(arguments[i]);
                assertThat(Math.abs(values[i] - expected))
                        .as("difference at %s from %s", arguments[i], expected)
                        .isLessThanOrEqualTo(absolute + relative * Math.abs(expected));
            }
        });
    }

    private interface Check {
        void of(float[] arguments, float[] values);
    }

    private static void forEachBlock(float from, float to, Check check) {
        int blocks = 60;
        for (int block = 0; block < blocks; block++) {
            float[] arguments = new float[BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                arguments[i] = from + (to - from) * ((block + i / (float) BLOCK) / blocks);
            }
            check.of(arguments, arguments.clone());
        }
    }
}
