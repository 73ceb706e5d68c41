package org.espalier.inference;

/** Activations, in loops over floats that the JVM's compiler vectorises. */
final class ActivationCurves {
    private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    /** Beyond this the normal distribution is 0 or 1. */
    private static final float FAR = 20;

    private ActivationCurves() {}

    static void relu(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = Math.max(0, values[i]);
        }
    }

    static ElementwiseLoops.Curve leakyRelu(float slope) {
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = values[i] > 0 ? values[i] : slope * values[i];
            }
        };
    }

    static ElementwiseLoops.Curve hardtanh(float min, float max) {
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = Math.max(min, Math.min(max, values[i]));
            }
        };
    }

    /**
     * Within 2 units in the last place: Lambert's fraction of tanh u for u = x/8, as p/q, then three times tanh 2u =
     * 2pq/(p² + q²). At 12 that is 1, as tanh is for floats from 9.1 on.
     */
    static void tanh(float[] values, int n) {
        for (int i = 0; i < n; i++) {
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

    static void sigmoid(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = -values[i];
        }
        FastExponential.exp(values, n);
        for (int i = 0; i < n; i++) {
            values[i] = 1 / (1 + values[i]);
        }
    }

    /** eˣ − 1 is 2t/(1 − t) for t = tanh(x/2), where nothing cancels. */
    static ElementwiseLoops.Curve elu(float alpha) {
        return (values, n) -> {
            float[] t = ScratchArrays.take(n);
            for (int i = 0; i < n; i++) {
                t[i] = 0.5f * Math.min(values[i], 0);
            }
            tanh(t, n);
            for (int i = 0; i < n; i++) {
                values[i] = Math.max(values[i], 0) + 2 * alpha * t[i] / (1 - t[i]);
            }
            ScratchArrays.give(t);
        };
    }

    static void silu(float[] values, int n) {
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

    /** x times the normal distribution, whose tail is Abramowitz and Stegun's 7.1.26, good for 7 digits. */
    static void gelu(float[] values, int n) {
        float[] e = ScratchArrays.take(n);
        for (int i = 0; i < n; i++) {
            e[i] = -0.5f * values[i] * values[i];
        }
        FastExponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            float size = Math.min(FAR, Math.abs(values[i]));
            float t = 1 / (1 + 0.3275911f * SQRT_HALF * size);
            float series = 0.2548296f + t * (-0.28449672f + t * (1.4214138f + t * (-1.4531521f + t * 1.0614054f)));
            values[i] = Math.max(values[i], 0) - size * 0.5f * e[i] * t * series;
        }
        ScratchArrays.give(e);
    }

    /** ½ (1 + tanh u) is σ(2u). */
    static void tanhGelu(float[] values, int n) {
        float[] e = ScratchArrays.take(n);
        for (int i = 0; i < n; i++) {
            float x = values[i];
            e[i] = -2 * SQRT_2_OVER_PI * (x + 0.044715f * x * x * x);
        }
        FastExponential.exp(e, n);
        for (int i = 0; i < n; i++) {
            values[i] = values[i] / (1 + e[i]);
        }
        ScratchArrays.give(e);
    }

    /** log(1 + exp x) is max(x, 0) + log(1 + e) for e = exp(−|x|), which is 2 artanh of e/(2 + e). */
    static ElementwiseLoops.Curve softplus(float beta, float threshold) {
        return (values, n) -> {
            float[] e = ScratchArrays.take(n);
            for (int i = 0; i < n; i++) {
                e[i] = -Math.abs(beta * values[i]);
            }
            FastExponential.exp(e, n);
            for (int i = 0; i < n; i++) {
                float w = e[i] / (2 + e[i]);
                float s = w * w;
                float artanh = w * (1 + s * (0.33333156f + s * (0.20012455f + s * (0.13980302f + s * 0.14089166f))));
                e[i] = (Math.max(beta * values[i], 0) + 2 * artanh) / beta;
            }
            for (int i = 0; i < n; i++) {
                values[i] = beta * values[i] > threshold ? values[i] : e[i];
            }
            ScratchArrays.give(e);
        };
    }

    /** The error function to 7 digits, by its series or the continued fraction of its complement. */
    static float erf(float x) {
        double size = Math.abs(x);
        if (size > 6) {
            return Float.isNaN(x) ? x : Math.signum(x);
        }
        double square = size * size;
        double value;
        if (size < 2.5) {
            double term = size;
            double sum = size;
            for (int k = 1; Math.abs(term) > 1e-10 * sum && k < 100; k++) {
                term *= -square / k;
                sum += term / (2 * k + 1);
            }
            value = 2 / Math.sqrt(Math.PI) * sum;
        } else {
            double fraction = 0;
            for (int k = 40; k >= 1; k--) {
                fraction = k / 2.0 / (size + fraction);
            }
            value = 1 - Math.exp(-square) / Math.sqrt(Math.PI) / (size + fraction);
        }
        return (float) (x < 0 ? -value : value);
    }
}
