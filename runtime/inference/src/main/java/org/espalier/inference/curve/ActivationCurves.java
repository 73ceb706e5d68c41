package org.espalier.inference.curve;

import org.espalier.inference.tensor.ScratchArrays;

/**
 * Activations on floats in single precision, in loops that the JVM's compiler vectorizes: those of inference classes
 * and of the networks on ND4J.
 */
public final class ActivationCurves {
    private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    /** Beyond this the normal distribution is 0 or 1. */
    private static final float FAR = 20;

    /** Coefficients of the tail of the error function (Abramowitz and Stegun 7.1.26), good for 7 digits. */
    private static final float TAIL1 = 0.2548296f;

    private static final float TAIL2 = -0.28449672f;
    private static final float TAIL3 = 1.4214138f;
    private static final float TAIL4 = -1.4531521f;
    private static final float TAIL5 = 1.0614054f;

    private ActivationCurves() {}

    /** max(0, x). */
    public static void relu(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = Math.max(values[i], 0);
        }
    }

    /** x from 0 on, {@code slope} times x below: by max and min, since a condition would not be vectorized. */
    public static FloatCurve leakyRelu(float slope) {
        if (slope <= 1) {
            return (values, n) -> {
                for (int i = 0; i < n; i++) {
                    values[i] = Math.max(values[i], slope * values[i]);
                }
            };
        }
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = Math.min(values[i], slope * values[i]);
            }
        };
    }

    /** x, limited to {@code min} and {@code max}. */
    public static FloatCurve hardtanh(float min, float max) {
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = Math.max(min, Math.min(max, values[i]));
            }
        };
    }

    /**
     * tanh x within 5e-7, relatively: the first terms of the continued fraction u/(1 + u²/(3 + u²/(5 + u²/(7 + u²/9))))
     * for u = x/8, as p/q, s being u², then three times tanh 2u = 2pq/(p² + q²). At 12 that is 1, as tanh is for floats
     * from 9.1 on.
     */
    public static void tanh(float[] values, int n) {
        tanh(values, 0, n);
    }

    /** {@link #tanh(float[], int)} of some of the elements. */
    public static void tanh(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            float x = Math.max(-12, Math.min(12, values[i]));
            float s = x * x * (1 / 64f);
            float p = x * (1 + s * (1 / 9f + s * (1 / 945f)));
            float q = 8 + s * (32 / 9f + s * (8 / 63f));
            float p2 = 2 * p * q;
            float q2 = p * p + q * q;
            float p4 = 2 * p2 * q2;
            float q4 = p2 * p2 + q2 * q2;
            values[i] = Math.max(-1, Math.min(1, 2 * p4 * q4 / (p4 * p4 + q4 * q4)));
        }
    }

    /**
     * σ of a gate, within 3e-7: (1 + tanh x/2)/2 with the fraction of {@link #tanh(float[], int)} for tanh x/2, which
     * makes it (p + q)²/(2p² + 2q²). Relatively it is within 2e-6 from -5 on, where {@link #sigmoid} loses no digits
     * anywhere.
     */
    public static void gate(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            float x = 0.5f * Math.max(-24, Math.min(24, values[i]));
            float s = x * x * (1 / 64f);
            float p = x * (1 + s * (1 / 9f + s * (1 / 945f)));
            float q = 8 + s * (32 / 9f + s * (8 / 63f));
            float p2 = 2 * p * q;
            float q2 = p * p + q * q;
            float p4 = 2 * p2 * q2;
            float q4 = p2 * p2 + q2 * q2;
            float sum = p4 + q4;
            values[i] = Math.min(1, 0.5f * sum * sum / (p4 * p4 + q4 * q4));
        }
    }

    /** 1/(1 + exp(−x)) within three units in the last place. */
    public static void sigmoid(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = -values[i];
        }
        FastExponential.exp(values, n);
        for (int i = 0; i < n; i++) {
            values[i] = 1 / (1 + values[i]);
        }
    }

    /** ELU. eˣ − 1 is 2t/(1 − t) for t = tanh(x/2), where nothing cancels: within 2e-6 of it, relatively. */
    public static FloatCurve elu(float alpha) {
        float scale = 2 * alpha;
        return (values, n) -> {
            float[] t = ScratchArrays.take(n);
            for (int i = 0; i < n; i++) {
                t[i] = 0.5f * Math.min(values[i], 0);
            }
            tanh(t, n);
            for (int i = 0; i < n; i++) {
                values[i] = Math.max(values[i], 0) + scale * t[i] / (1 - t[i]);
            }
            ScratchArrays.give(t);
        };
    }

    /** x σ(x). */
    public static void silu(float[] values, int n) {
        float[] e = ScratchArrays.take(n);
        for (int i = 0; i < n; i++) {
            e[i] = -values[i];
        }
        FastExponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            values[i] = values[i] / (1 + e[i]);
        }
        ScratchArrays.give(e);
    }

    /** x times the normal distribution of x, which is x − x · tail for positive x, x · tail for others. */
    public static void gelu(float[] values, int n) {
        float[] e = ScratchArrays.take(n);
        for (int i = 0; i < n; i++) {
            e[i] = -0.5f * values[i] * values[i];
        }
        FastExponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            float size = Math.min(FAR, Math.abs(values[i]));
            values[i] = Math.max(values[i], 0) - size * tail(size, e[i]);
        }
        ScratchArrays.give(e);
    }

    /**
     * The normal distribution of −x, for x that is not negative, to 7 digits behind the point.
     *
     * @param e exp(−x²/2)
     */
    public static float tail(float x, float e) {
        float t = 1 / (1 + 0.3275911f * SQRT_HALF * x);
        return 0.5f * e * (t * (TAIL1 + t * (TAIL2 + t * (TAIL3 + t * (TAIL4 + t * TAIL5)))));
    }

    /** GELU by tanh: ½ (1 + tanh u) is σ(2u). */
    public static void tanhGelu(float[] values, int n) {
        float[] e = ScratchArrays.take(n);
        for (int i = 0; i < n; i++) {
            e[i] = -2 * bent(values[i]);
        }
        FastExponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            values[i] = values[i] / (1 + e[i]);
        }
        ScratchArrays.give(e);
    }

    /** √(2/π) (x + 0.044715 x³), of which GELU by tanh takes tanh. */
    public static float bent(float x) {
        return SQRT_2_OVER_PI * (x + 0.044715f * x * x * x);
    }

    /**
     * log(1 + exp(beta x))/beta, which is x above the threshold. log(1 + exp x) is max(x, 0) + log(1 + e) for e =
     * exp(−|x|), and that is 2 artanh w for w = e/(2 + e), which is at most ⅓: w times a polynomial of w², fitted so
     * that its largest relative error is the least, 4e-9.
     */
    public static FloatCurve softplus(double beta, double threshold) {
        float factor = (float) beta;
        return (values, n) -> {
            float[] e = ScratchArrays.take(n);
            for (int i = 0; i < n; i++) {
                e[i] = -Math.abs(factor * values[i]);
            }
            FastExponential.exp(e, n);
            for (int i = 0; i < n; i++) {
                float w = e[i] / (2 + e[i]);
                float s = w * w;
                float artanh = w * (1 + s * (0.33333156f + s * (0.20012455f + s * (0.13980302f + s * 0.14089166f))));
                e[i] = (Math.max(factor * values[i], 0) + 2 * artanh) / factor;
            }
            for (int i = 0; i < n; i++) {
                values[i] = beta * values[i] > threshold ? values[i] : e[i];
            }
            ScratchArrays.give(e);
        };
    }
}
