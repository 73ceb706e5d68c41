package org.espalier.runtime.kernel.elementwise;

import org.espalier.runtime.kernel.memory.Scratch;

/**
 * Element-wise functions with exponentials, on floats in single precision, in loops that the JVM's compiler vectorises.
 *
 * <p>Where 1 − σ(x) is needed, it is exp(−x) σ(x), which loses no digits; exp is then limited so that it is finite.
 */
public final class Curves {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
    private static final float DENSITY_AT_0 = (float) (1 / Math.sqrt(2 * Math.PI));
    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    /** The exponential of this is finite, and its reciprocal is a normal float. */
    private static final float MOST_EXPONENT = 87;

    /** Beyond this the normal distribution and its density are 0 or 1, and tanh of what GELU bends is. */
    private static final float FAR = 20;

    /** Coefficients of the tail of the error function (Abramowitz and Stegun 7.1.26), good for 7 digits. */
    private static final float TAIL1 = 0.2548296f;

    private static final float TAIL2 = -0.28449672f;
    private static final float TAIL3 = 1.4214138f;
    private static final float TAIL4 = -1.4531521f;
    private static final float TAIL5 = 1.0614054f;

    private Curves() {}

    /** eˣ − 1 is 2t/(1 − t) for t = tanh(x/2), where nothing cancels: within 2e-6 of it, relatively. */
    public static FloatElementwise.Map elu(double alpha) {
        float scale = (float) (2 * alpha);
        return (values, n) -> {
            float[] t = Scratch.get().curve(n);
            for (int i = 0; i < n; i++) {
                t[i] = 0.5f * Math.min(values[i], 0);
            }
            FloatElementwise.tanh(t, n);
            for (int i = 0; i < n; i++) {
                values[i] = Math.max(values[i], 0) + scale * t[i] / (1 - t[i]);
            }
        };
    }

    public static FloatElementwise.Zip eluBackward(float alpha) {
        return (dY, y, n) -> {
            for (int i = 0; i < n; i++) {
                dY[i] = y[i] > 0 ? dY[i] : dY[i] * (y[i] + alpha);
            }
        };
    }

    public static void silu(float[] values, int n) {
        float[] e = Scratch.get().curve(n);
        for (int i = 0; i < n; i++) {
            e[i] = -values[i];
        }
        Exponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            values[i] = values[i] / (1 + e[i]);
        }
    }

    public static void siluBackward(float[] dY, float[] x, int n) {
        float[] e = Scratch.get().curve(n);
        for (int i = 0; i < n; i++) {
            e[i] = Math.min(MOST_EXPONENT, -x[i]);
        }
        Exponential.exp(e, n);
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
        Exponential.exp(e, n);
        return e;
    }

    /** The normal distribution function of −x, for x that is not negative, to 7 digits behind the point. */
    private static float tail(float x, float e) {
        float t = 1 / (1 + 0.3275911f * SQRT_HALF * x);
        return 0.5f * e * (t * (TAIL1 + t * (TAIL2 + t * (TAIL3 + t * (TAIL4 + t * TAIL5)))));
    }

    // x times the distribution function is x − x · tail for positive x, x · tail for others.
    public static void gelu(float[] values, int n) {
        float[] e = bell(values, n);
        for (int i = 0; i < n; i++) {
            float size = Math.min(FAR, Math.abs(values[i]));
            values[i] = Math.max(values[i], 0) - size * tail(size, e[i]);
        }
    }

    public static void geluBackward(float[] dY, float[] x, int n) {
        float[] e = bell(x, n);
        for (int i = 0; i < n; i++) {
            float limited = Math.max(-FAR, Math.min(FAR, x[i]));
            // 1 from 0 on, −1 below.
            float side = Math.max(-1, Math.min(1, x[i] * 1e30f * 1e30f + 1));
            float distribution = Math.max(side, 0) - side * tail(Math.abs(limited), e[i]);
            dY[i] = dY[i] * (distribution + limited * (DENSITY_AT_0 * e[i]));
        }
    }

    // ½ (1 + tanh u) is σ(2u).
    public static void tanhGelu(float[] values, int n) {
        float[] e = Scratch.get().curve(n);
        for (int i = 0; i < n; i++) {
            e[i] = -2 * bent(values[i]);
        }
        Exponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            values[i] = values[i] / (1 + e[i]);
        }
    }

    public static void tanhGeluBackward(float[] dY, float[] x, int n) {
        float[] e = Scratch.get().curve(n);
        for (int i = 0; i < n; i++) {
            e[i] = Math.min(MOST_EXPONENT, -2 * bent(x[i]));
        }
        Exponential.exp(e, n);
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

    private static float bent(float x) {
        return (float) SQRT_2_OVER_PI * (x + 0.044715f * x * x * x);
    }

    private static float bentSlope(float x) {
        return (float) SQRT_2_OVER_PI * (1 + 3 * 0.044715f * x * x);
    }

    /**
     * log(1 + exp x) is max(x, 0) + log(1 + e) for e = exp(−|x|), and that is 2 artanh w for w = e/(2 + e), which is at
     * most ⅓: w times a polynomial of w², fitted so that its largest relative error is the least, 4e-9.
     */
    public static FloatElementwise.Map softplus(double beta, double threshold) {
        return (values, n) -> {
            float[] e = Scratch.get().curve(n);
            for (int i = 0; i < n; i++) {
                e[i] = -Math.abs((float) beta * values[i]);
            }
            Exponential.exp(e, n);
            for (int i = 0; i < n; i++) {
                float w = e[i] / (2 + e[i]);
                float s = w * w;
                float artanh = w * (1 + s * (0.33333156f + s * (0.20012455f + s * (0.13980302f + s * 0.14089166f))));
                e[i] = (Math.max((float) beta * values[i], 0) + 2 * artanh) / (float) beta;
            }
            for (int i = 0; i < n; i++) {
                values[i] = beta * values[i] > threshold ? values[i] : e[i];
            }
        };
    }

    public static FloatElementwise.Zip softplusBackward(double beta, double threshold) {
        return (dY, x, n) -> {
            float[] s = Scratch.get().curve(n);
            for (int i = 0; i < n; i++) {
                s[i] = (float) beta * x[i];
            }
            FloatElementwise.sigmoid(s, n);
            for (int i = 0; i < n; i++) {
                dY[i] = beta * x[i] > threshold ? dY[i] : dY[i] * s[i];
            }
        };
    }

    public static FloatElementwise.Map hardtanh(float min, float max) {
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = Math.max(min, Math.min(max, values[i]));
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
