package org.espalier.runtime.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Functions of elements in single precision are as near to those in double precision as is said of them. */
class CurvesTest {
    private static final int BLOCK = 1_000;

    @Test
    void the_exponential_is_within_a_unit_in_the_last_place() {
        assertWithinUnits(1, -68, 88.7f, Exponential::exp, Math::exp);
        assertNear(1.3e-38, 1.2e-7, -300, -68, Exponential::exp, Math::exp);
    }

    @Test
    void the_exponential_of_what_has_none() {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 89, -88, 0};
        Exponential.exp(values, values.length);

        assertThat(values).containsExactly(Float.NaN, Float.POSITIVE_INFINITY, 0, Float.POSITIVE_INFINITY, 0, 1);
    }

    @Test
    void the_sigmoid_is_within_three_units_in_the_last_place() {
        assertWithinUnits(3, -67, 200, FloatElementwise::sigmoid, x -> 1 / (1 + Math.exp(-x)));
    }

    @Test
    void the_sigmoid_of_gates_is_within_three_ten_millionths() {
        FloatElementwise.Map gates = (values, n) -> FloatElementwise.gate(values, 0, n);

        assertNear(3e-7, 0, -200, 200, gates, x -> 1 / (1 + Math.exp(-x)));
        assertNear(0, 2e-6, -5, 200, gates, x -> 1 / (1 + Math.exp(-x)));
    }

    @Test
    void gates_that_are_none_stay_so() {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3};
        FloatElementwise.gate(values, 0, 3);

        assertThat(values[0]).isNaN();
        assertThat(values[1]).isEqualTo(1);
        assertThat(values[2]).isBetween(0f, 1e-7f);
        assertThat(values[3]).isEqualTo(3);
    }

    @Test
    void elu_is_within_two_millionths() {
        assertNear(0, 2e-6, -100, 10, Curves.elu(1.5), x -> x > 0 ? x : 1.5 * Math.expm1(x));
    }

    @Test
    void silu_and_its_gradient() {
        assertNear(0, 5e-7, -60, 60, Curves::silu, CurvesTest::silu);
        assertNear(1e-6, 0, -200, 200, Curves::siluBackward, (d, x) -> {
            double s = 1 / (1 + Math.exp(-x));
            return d * s * (1 + x * (1 - s));
        });
    }

    private static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    @Test
    void gelu_and_its_gradient() {
        assertNear(5e-7, 3e-7, -30, 30, Curves::gelu, x -> x * Normal.distribution(x));
        assertNear(
                1e-6, 0, -30, 30, Curves::geluBackward, (d, x) -> d * (Normal.distribution(x) + x * Normal.density(x)));
    }

    @Test
    void the_gelu_of_a_tanh_and_its_gradient() {
        assertNear(1e-6, 3e-7, -30, 30, Curves::tanhGelu, x -> 0.5 * x * (1 + Math.tanh(Curves.bent(x))));
        assertNear(2e-6, 0, -30, 30, Curves::tanhGeluBackward, (d, x) -> {
            double t = Math.tanh(Curves.bent(x));
            return d * 0.5 * (1 + t + x * (1 - t * t) * Curves.bentSlope(x));
        });
    }

    @Test
    void softplus_and_its_gradient_which_are_linear_beyond_a_threshold() {
        assertNear(2e-38, 5e-7, -40, 40, Curves.softplus(2, 20), x -> 2 * x > 20 ? x : Math.log1p(Math.exp(2 * x)) / 2);
        assertNear(
                0, 5e-7, -30, 40, Curves.softplusBackward(2, 3), (d, x) -> 2 * x > 3 ? d : d / (1 + Math.exp(-2 * x)));
    }

    @Test
    void what_is_no_number_stays_none() {
        for (FloatElementwise.Map f : new FloatElementwise.Map[] {
            FloatElementwise::sigmoid,
            Curves.elu(1),
            Curves::silu,
            Curves::gelu,
            Curves::tanhGelu,
            Curves.softplus(1, 20)
        }) {
            float[] values = {Float.NaN};
            f.apply(values, 1);
            assertThat(values).containsOnly(Float.NaN);
        }
    }

    private static void assertWithinUnits(
            double units, float from, float to, FloatElementwise.Map f, DoubleUnaryOperator exact) {
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
            double absolute, double relative, float from, float to, FloatElementwise.Map f, DoubleUnaryOperator exact) {
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

    private static void assertNear(
            double absolute,
            double relative,
            float from,
            float to,
            FloatElementwise.Zip f,
            DoubleBinaryOperator exact) {
        assertNear(
                absolute,
                relative,
                from,
                to,
                (values, n) -> {
                    float[] arguments = values.clone();
                    Arrays.fill(values, 0.75f);
                    f.apply(values, arguments, n);
                },
                x -> exact.applyAsDouble(0.75, x));
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
