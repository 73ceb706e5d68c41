package org.espalier.runtime.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.espalier.inference.curve.Normal;
import org.junit.jupiter.api.Test;

/** Derivatives in single precision are as near to those in double precision as is said here. */
class CurveGradientsTest {
    @Test
    void ofSilu() {
        assertNear(1e-6, 0, -200, 200, CurveGradients::siluBackward, x -> {
            double s = 1 / (1 + Math.exp(-x));
            return s * (1 + x * (1 - s));
        });
    }

    @Test
    void ofGelu() {
        assertNear(1e-6, 0, -30, 30, CurveGradients::geluBackward, x -> Normal.distribution(x) + x * Normal.density(x));
    }

    @Test
    void ofTheGeluOfATanh() {
        assertNear(2e-6, 0, -30, 30, CurveGradients::tanhGeluBackward, x -> {
            double t = Math.tanh(CurveGradients.bent(x));
            return 0.5 * (1 + t + x * (1 - t * t) * CurveGradients.bentSlope(x));
        });
    }

    @Test
    void ofSoftplusWhichIsLinearBeyondAThreshold() {
        assertNear(
                0,
                5e-7,
                -30,
                40,
                CurveGradients.softplusBackward(2, 3),
                x -> 2 * x > 3 ? 1 : 1 / (1 + Math.exp(-2 * x)));
    }

    private static void assertNear(
            double absolute,
            double relative,
            float from,
            float to,
            FloatElementwise.Zip gradient,
            DoubleUnaryOperator derivative) {
        int count = 60_000;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = from + (to - from) * (i / (float) count);
        }
        float[] d = new float[count];
        Arrays.fill(d, 0.75f);
        gradient.apply(d, x, count);
        for (int i = 0; i < count; i++) {
            double expected = 0.75 * derivative.applyAsDouble(x[i]);
            assertThat(Math.abs(d[i] - expected))
                    .as("difference at %s from %s", x[i], expected)
                    .isLessThanOrEqualTo(absolute + relative * Math.abs(expected));
        }
    }
}
