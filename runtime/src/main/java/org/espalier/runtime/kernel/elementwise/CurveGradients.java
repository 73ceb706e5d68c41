package org.espalier.runtime.kernel.elementwise;

import org.espalier.inference.curve.ActivationCurves;
import org.espalier.inference.curve.FastExponential;
import org.espalier.runtime.kernel.memory.Scratch;

/**
 * Gradients of the activations of {@link ActivationCurves}, on floats in single precision, in loops that the JVM's
 * compiler vectorizes.
 *
 * <p>Where 1 − σ(x) is needed, it is exp(−x) σ(x), which loses no digits; exp is then limited so that it is finite.
 */
public final class CurveGradients {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
    private static final float DENSITY_AT_0 = (float) (1 / Math.sqrt(2 * Math.PI));

    /** The exponential of this is finite, and its reciprocal is a normal float. */
    private static final float MOST_EXPONENT = 87;

    /** Beyond this the normal distribution and its density are 0 or 1, and tanh of what GELU bends is. */
    private static final float FAR = 20;

    private CurveGradients() {}

    public static FloatElementwise.Zip eluBackward(float alpha) {
        return (dY, y, n) -> {
            for (int i = 0; i < n; i++) {
                dY[i] = y[i] > 0 ? dY[i] : dY[i] * (y[i] + alpha);
            }
        };
    }

    public static void siluBackward(float[] dY, float[] x, int n) {
        float[] e = Scratch.get().curve(n);
        for (int i = 0; i < n; i++) {
            e[i] = Math.min(MOST_EXPONENT, -x[i]);
        }
        FastExponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            float s = 1 / (1 + e[i]);
            dY[i] = dY[i] * s * (1 + x[i] * (e[i] * s));
        }
    }

    /** e = exp(−x²/2). */
    private static float[] bell(float[] x, int n) {
        float[] e = Scratch.get().curve(n);
        for (int i = 0; i < n; i++) {
            e[i] = -0.5f * x[i] * x[i];
        }
        FastExponential.exp(e, n);
        return e;
    }

    public static void geluBackward(float[] dY, float[] x, int n) {
        float[] e = bell(x, n);
        for (int i = 0; i < n; i++) {
            float limited = Math.max(-FAR, Math.min(FAR, x[i]));
            // 1 from 0 on, −1 below.
            float side = Math.max(-1, Math.min(1, x[i] * 1e30f * 1e30f + 1));
            float distribution = Math.max(side, 0) - side * ActivationCurves.tail(Math.abs(limited), e[i]);
            dY[i] = dY[i] * (distribution + limited * (DENSITY_AT_0 * e[i]));
        }
    }

    public static void tanhGeluBackward(float[] dY, float[] x, int n) {
        float[] e = Scratch.get().curve(n);
        for (int i = 0; i < n; i++) {
            e[i] = Math.min(MOST_EXPONENT, -2 * ActivationCurves.bent(x[i]));
        }
        FastExponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            float limited = Math.max(-FAR, Math.min(FAR, x[i]));
            float s = 1 / (1 + e[i]);
            dY[i] = dY[i] * (s + limited * (e[i] * s * s) * (2 * bentSlope(limited)));
        }
    }

    /** √(2/π) (x + 0.044715 x³). */
    public static double bent(double x) {
        return SQRT_2_OVER_PI * (x + 0.044715 * x * x * x);
    }

    /** The derivative of {@link #bent}. */
    public static double bentSlope(double x) {
        return SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x);
    }

    private static float bentSlope(float x) {
        return (float) SQRT_2_OVER_PI * (1 + 3 * 0.044715f * x * x);
    }

    public static FloatElementwise.Zip softplusBackward(double beta, double threshold) {
        return (dY, x, n) -> {
            float[] s = Scratch.get().curve(n);
            for (int i = 0; i < n; i++) {
                s[i] = (float) beta * x[i];
            }
            ActivationCurves.sigmoid(s, n);
            for (int i = 0; i < n; i++) {
                dY[i] = beta * x[i] > threshold ? dY[i] : dY[i] * s[i];
            }
        };
    }

    public static FloatElementwise.Zip hardtanhBackward(float min, float max) {
        return (dY, y, n) -> {
            for (int i = 0; i < n; i++) {
                float inside = y[i] <= min || y[i] >= max ? 0 : 1;
                dY[i] = Float.isNaN(y[i]) ? y[i] : dY[i] * inside;
            }
        };
    }
}
