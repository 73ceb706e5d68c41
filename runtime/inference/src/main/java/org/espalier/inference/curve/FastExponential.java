package org.espalier.inference.curve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.espalier.inference.product.VectorSupport;

/**
 * Exponentials of floats in single precision, in loops that the JVM's compiler vectorizes: a tenth of the time of
 * {@link Math#exp}, whose calls it leaves as they are.
 *
 * <p>exp x = 2ᵏ exp r, where k is x/ln 2 to the nearest whole number, so that |r| is at most ln 2/2. exp r is a
 * polynomial, fitted so that its largest relative error is the least, 3.3e-9. The bits of 2ᵏ are k + 127, shifted; on
 * JDK 17 neither a float's bits nor its conversion to a whole number vectorize, but bits go from floats to whole
 * numbers and back through a buffer that is both, by copies that stay in the first-level cache. With the Vector API
 * they need no copies; results have the same bits.
 */
public final class FastExponential {
    /** Elements at a time. */
    private static final int BLOCK = 2_048;

    /** So many elements from which on vectors are used: until the JVM has compiled them each vector is an object. */
    private static final int LEAST_OF_VECTORS = 256;

    /** Results of this and of what is below it are 0. */
    static final float LEAST = -87.3f;

    /** exp(LEAST) as it is computed, which is taken off every result; off nearly all of them it takes nothing. */
    static final float LEAST_RESULT = 1.2192433e-38f;

    /** From here on results are infinite: half a unit above the logarithm of the largest float. */
    static final float MOST = 89;

    /** The exponent of the largest power of two that is a float. */
    static final float MOST_EXPONENT = 127;

    /** The sum of this and a float of less than 2²² is a whole number, and that are its last bits. */
    static final float WHOLE = 0x1.8p23f;

    /** Bias of a float's exponent, and the place of its bits. */
    static final int BIAS = 127;

    static final int EXPONENT = 23;

    static final float LOG2_E = 1.442695f;

    /** ln 2 in two parts, the first of which has so few digits that its product with k is exact. */
    static final float LN2_HIGH = 0x1.63p-1f;

    static final float LN2_LOW = -2.1219444e-4f;

    /** Coefficients of exp r from that of r² on. */
    static final float TERM2 = 0.49999994f;

    static final float TERM3 = 0.16666515f;
    static final float TERM4 = 0.041668456f;
    static final float TERM5 = 0.00836942f;
    static final float TERM6 = 0.0013813162f;

    private static final ThreadLocal<FastExponential> OF_THREAD = ThreadLocal.withInitial(FastExponential::new);

    private final float[] some = new float[BLOCK];
    private final float[] powers = new float[BLOCK];
    private final int[] bits = new int[BLOCK];
    private final FloatBuffer asFloats;
    private final IntBuffer asBits;

    private FastExponential() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK * Float.BYTES).order(ByteOrder.nativeOrder());
        asFloats = bytes.asFloatBuffer();
        asBits = bytes.asIntBuffer();
    }

    /**
     * values = exp(values), for the first {@code n}: within one unit in the last place, to which 1.3e-38 comes for
     * arguments below −68. NaN stays NaN.
     */
    public static void exp(float[] values, int n) {
        int done = VectorSupport.LANES > 0 && n >= LEAST_OF_VECTORS ? VectorCurves.exp(values, n) : 0;
        if (done == n) {
            return;
        }
        FastExponential exponential = OF_THREAD.get();
        if (done == 0 && n <= BLOCK) {
            exponential.block(values, n);
            return;
        }
        // The compiler vectorizes a loop only if it has one index for all arrays.
        float[] some = exponential.some;
        for (int from = done; from < n; from += BLOCK) {
            int count = Math.min(BLOCK, n - from);
            System.arraycopy(values, from, some, 0, count);
            exponential.block(some, count);
            System.arraycopy(some, 0, values, from, count);
        }
    }

    private void block(float[] values, int n) {
        limit(values, n);
        reduce(values, powers, n);
        power(values, n);
        doubleLargest(values, powers, n);
        asFloats.put(0, powers, 0, n);
        asBits.get(0, bits, 0, n);
        shift(bits, n);
        asBits.put(0, bits, 0, n);
        asFloats.get(0, powers, 0, n);
        scale(values, powers, n);
    }

    // Several loops, since the compiler vectorizes none that is much longer.

    private static void limit(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = Math.max(LEAST, Math.min(MOST, values[i]));
        }
    }

    /** values = r, whole = k. */
    private static void reduce(float[] values, float[] whole, int n) {
        for (int i = 0; i < n; i++) {
            float x = values[i];
            float k = x * LOG2_E + WHOLE - WHOLE;
            values[i] = x - k * LN2_HIGH - k * LN2_LOW;
            whole[i] = k;
        }
    }

    /** values = exp r. */
    private static void power(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            float r = values[i];
            float rest = TERM2 + r * (TERM3 + r * (TERM4 + r * (TERM5 + r * TERM6)));
            values[i] = 1 + (r + r * r * rest);
        }
    }

    /** Doubles exp r where 2ᵏ is more than a float, with one k less; whole = k + WHOLE. */
    private static void doubleLargest(float[] values, float[] whole, int n) {
        for (int i = 0; i < n; i++) {
            float limited = Math.min(MOST_EXPONENT, whole[i]);
            values[i] = values[i] * (1 + (whole[i] - limited));
            whole[i] = limited + WHOLE;
        }
    }

    /** Makes the bits of k + WHOLE those of 2ᵏ; those of WHOLE itself are all shifted out. */
    private static void shift(int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = (bits[i] + BIAS) << EXPONENT;
        }
    }

    private static void scale(float[] values, float[] powers, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = values[i] * powers[i] - LEAST_RESULT;
        }
    }
}
