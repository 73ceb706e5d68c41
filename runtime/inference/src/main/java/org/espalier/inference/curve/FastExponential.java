package org.espalier.inference.curve;

import org.espalier.inference.tensor.ScratchArrays;

/**
 * Exponentials of floats in single precision, in loops that the JVM's compiler vectorizes: a tenth of the time of
 * {@link Math#exp}, whose calls it leaves as they are.
 *
 * <p>exp x = 2ᵏ exp r, where k is x/ln 2 to the nearest whole number, so that |r| is at most ln 2/2. exp r is a
 * polynomial, fitted so that its largest relative error is the least, 3.3e-9. Neither a float's bits nor its conversion
 * to a whole number vectorize on JDK 17, so 2ᵏ is made of the digits of k to base 4: 2ᵈ is (d³ + 5d + 6)/6 for 0, 1, 2
 * and 3, and squares of powers of two are exact.
 *
 * <p>The loops are four because the compiler vectorizes none that is much longer.
 */
public final class FastExponential {
    /** Results of this and of what is below it are 0. */
    private static final float LEAST = -87.3f;

    /** exp(LEAST) as it is computed, which is taken off every result; off nearly all of them it takes nothing. */
    private static final float LEAST_RESULT = 1.2192433e-38f;

    /** From here on results are infinite: half a unit above the logarithm of the largest float. */
    private static final float MOST = 89;

    /** The sum of this and a float of less than 2²² is a whole number. */
    private static final float WHOLE = 0x1.8p23f;

    private static final float LOG2_E = 1.442695f;

    /** ln 2 in two parts, the first of which has so few digits that its product with k is exact. */
    private static final float LN2_HIGH = 0x1.63p-1f;

    private static final float LN2_LOW = -2.1219444e-4f;

    private static final float SIXTH = 1 / 6f;

    private FastExponential() {}

    /**
     * values = exp(values), for the first {@code n}: within one unit in the last place, to which 1.3e-38 comes for
     * arguments below −68. NaN stays NaN.
     */
    public static void exp(float[] values, int n) {
        float[] exponents = ScratchArrays.take(n);
        float[] powers = ScratchArrays.take(n);
        reduce(values, exponents, n);
        takeHighest(exponents, powers, n);
        scaleByHigh(values, exponents, n);
        scaleByLow(values, exponents, powers, n);
        ScratchArrays.give(powers);
        ScratchArrays.give(exponents);
    }

    /** values = 2 exp r, exponents = k + 127, which is positive. */
    private static void reduce(float[] values, float[] exponents, int n) {
        for (int i = 0; i < n; i++) {
            float x = Math.max(LEAST, Math.min(MOST, values[i]));
            float k = x * LOG2_E + WHOLE - WHOLE;
            float r = x - k * LN2_HIGH - k * LN2_LOW;
            float square = r * r;
            float rest = 0.49999994f + r * (0.16666515f + r * (0.041668456f + r * (0.00836942f + r * 0.0013813162f)));
            values[i] = 2 * (1 + (r + square * rest));
            exponents[i] = k + 127;
        }
    }

    /** Takes the digit of 64 off the exponents, and keeps its power, which is 2⁻¹²⁸ at least and still a float. */
    private static void takeHighest(float[] exponents, float[] powers, int n) {
        for (int i = 0; i < n; i++) {
            float k = exponents[i];
            float digit = k * (1 / 64f) - 63 / 128f + WHOLE - WHOLE;
            exponents[i] = k - 64 * digit;
            float root = 0.25f * power(digit);
            root = root * root;
            root = root * root;
            root = root * root;
            root = root * root;
            root = root * root;
            powers[i] = root * root;
        }
    }

    /** Takes the digit of 16 off the exponents. */
    private static void scaleByHigh(float[] values, float[] exponents, int n) {
        for (int i = 0; i < n; i++) {
            float k = exponents[i];
            float digit = k * (1 / 16f) - 15 / 32f + WHOLE - WHOLE;
            exponents[i] = k - 16 * digit;
            float power = power(digit);
            power = power * power;
            power = power * power;
            power = power * power;
            values[i] = values[i] * power * power;
        }
    }

    /** Scales by the two digits that are left, and by what was kept of the highest: in this order nothing is lost. */
    private static void scaleByLow(float[] values, float[] exponents, float[] powers, int n) {
        for (int i = 0; i < n; i++) {
            float k = exponents[i];
            float digit = k * (1 / 4f) - 3 / 8f + WHOLE - WHOLE;
            float power = power(digit);
            power = power * power;
            power = power * power * power(k - 4 * digit);
            values[i] = values[i] * power * powers[i] - LEAST_RESULT;
        }
    }

    /** 2ᵈ for 0, 1, 2 and 3: exact, since a sixth is off by less than half a unit in the last place. */
    private static float power(float digit) {
        return (digit * (digit * digit + 5) + 6) * SIXTH;
    }
}
