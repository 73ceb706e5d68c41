package org.espalier.runtime.kernel.elementwise;

/** Element-wise functions with exponentials, on floats; each element is computed in double precision. */
public final class Curves {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    /** Coefficients of the tail of the error function (Abramowitz and Stegun 7.1.26), good for 7 digits. */
    private static final double[] TAIL = {0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429};

    private Curves() {}

    public static FloatElementwise.Map elu(double alpha) {
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                float x = values[i];
                values[i] = x > 0 ? x : (float) (alpha * expm1(x));
            }
        };
    }

    /** eˣ − 1, near 0, where that cancels, by the power series. */
    private static double expm1(double x) {
        return Math.abs(x) < 1e-3 ? x * (1 + x * (0.5 + x / 6)) : Math.exp(x) - 1;
    }

    public static FloatElementwise.Zip eluBackward(float alpha) {
        return (dY, y, n) -> {
            for (int i = 0; i < n; i++) {
                dY[i] = y[i] > 0 ? dY[i] : dY[i] * (y[i] + alpha);
            }
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    public static void silu(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = (float) (values[i] * sigmoid(values[i]));
        }
    }

    public static void siluBackward(float[] dY, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            double s = sigmoid(x[i]);
            dY[i] = (float) (dY[i] * s * (1 + x[i] * (1 - s)));
        }
    }

    /** The normal distribution function to 7 digits. */
    private static double normal(double x) {
        double z = Math.abs(x) / Math.sqrt(2);
        double t = 1 / (1 + 0.3275911 * z);
        double polynomial = t * (TAIL[0] + t * (TAIL[1] + t * (TAIL[2] + t * (TAIL[3] + t * TAIL[4]))));
        double tail = 0.5 * polynomial * Math.exp(-z * z);
        return x < 0 ? tail : 1 - tail;
    }

    public static void gelu(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = (float) (values[i] * normal(values[i]));
        }
    }

    public static void geluBackward(float[] dY, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            dY[i] = (float) (dY[i] * (normal(x[i]) + x[i] * Normal.density(x[i])));
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

    public static void tanhGelu(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = (float) (0.5 * values[i] * (1 + FloatElementwise.tanh(bent(values[i]))));
        }
    }

    public static void tanhGeluBackward(float[] dY, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            double t = FloatElementwise.tanh(bent(x[i]));
            dY[i] = (float) (dY[i] * 0.5 * (1 + t + x[i] * (1 - t * t) * bentSlope(x[i])));
        }
    }

    public static FloatElementwise.Map softplus(double beta, double threshold) {
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                double scaled = beta * values[i];
                if (!(scaled > threshold)) {
                    values[i] = (float) (Math.log1p(Math.exp(scaled)) / beta);
                }
            }
        };
    }

    public static FloatElementwise.Zip softplusBackward(double beta, double threshold) {
        return (dY, x, n) -> {
            for (int i = 0; i < n; i++) {
                double scaled = beta * x[i];
                dY[i] = scaled > threshold ? dY[i] : (float) (dY[i] * sigmoid(scaled));
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
