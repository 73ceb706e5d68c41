package org.espalier.spark;

import java.io.Serializable;
import java.util.Arrays;

/** Numbers on their way: all of them, as halves, or the largest with their places. */
final class Packed implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int LOW_BITS = 15;

    private final int length;
    private final short[] halves;
    private final boolean brain;
    private final int[] places;
    private final float[] values;
    /** The last ones, as they are. */
    private final float[] exact;

    private Packed(int length, short[] halves, boolean brain, int[] places, float[] values, float[] exact) {
        this.length = length;
        this.halves = halves;
        this.brain = brain;
        this.places = places;
        this.values = values;
        this.exact = exact;
    }

    static Packed whole(float... numbers) {
        return whole(numbers, 0, numbers.length);
    }

    static Packed whole(float[] numbers, int from, int to) {
        float[] copy = from == 0 && to == numbers.length ? numbers : Arrays.copyOfRange(numbers, from, to);
        return new Packed(to - from, new short[0], false, new int[0], new float[0], copy);
    }

    /** Halves up to {@code exact}. */
    static Packed halves(float[] numbers, int from, int to, int exact, boolean brain) {
        int middle = Math.min(to, Math.max(from, exact));
        short[] halves = new short[middle - from];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = brain ? bfloat16(numbers[from + i]) : float16(numbers[from + i]);
        }
        float[] rest = Arrays.copyOfRange(numbers, middle, to);
        return new Packed(to - from, halves, brain, new int[0], new float[0], rest);
    }

    /** The {@code count} largest of those before {@code exact}, which become 0 in the array; and those after it. */
    static Packed largest(float[] numbers, int exact, int count) {
        int[] places = new int[Math.min(count, exact)];
        float[] values = new float[places.length];
        int least = least(numbers, exact, places.length);
        int equal = places.length;
        for (int i = 0; i < exact; i++) {
            if (magnitude(numbers[i]) > least) {
                equal--;
            }
        }
        int taken = 0;
        for (int i = 0; i < exact && taken < places.length; i++) {
            int magnitude = magnitude(numbers[i]);
            if (magnitude > least || (magnitude == least && equal-- > 0)) {
                places[taken] = i;
                values[taken] = numbers[i];
                numbers[i] = 0;
                taken++;
            }
        }
        float[] rest = Arrays.copyOfRange(numbers, exact, numbers.length);
        return new Packed(numbers.length, new short[0], false, places, values, rest);
    }

    /** The bits of an absolute value, which are ordered as the values are. */
    private static int magnitude(float number) {
        return Float.floatToRawIntBits(number) & 0x7fff_ffff;
    }

    /** The {@code count}th largest magnitude, found by two passes that count, one over high bits and one over low. */
    private static int least(float[] numbers, int length, int count) {
        int[] high = new int[1 << 16];
        for (int i = 0; i < length; i++) {
            high[magnitude(numbers[i]) >>> LOW_BITS]++;
        }
        int above = 0;
        int bin = high.length - 1;
        while (bin > 0 && above + high[bin] < count) {
            above += high[bin--];
        }
        int[] low = new int[1 << LOW_BITS];
        for (int i = 0; i < length; i++) {
            int magnitude = magnitude(numbers[i]);
            if (magnitude >>> LOW_BITS == bin) {
                low[magnitude & (low.length - 1)]++;
            }
        }
        int last = low.length - 1;
        while (last > 0 && above + low[last] < count) {
            above += low[last--];
        }
        return bin << LOW_BITS | last;
    }

    int length() {
        return length;
    }

    /** All of them in single precision; those that were not sent are 0. */
    float[] unpack() {
        if (exact.length == length) {
            return exact;
        }
        float[] numbers = new float[length];
        for (int i = 0; i < halves.length; i++) {
            numbers[i] = brain ? Float.intBitsToFloat(halves[i] << 16) : ofFloat16(halves[i]);
        }
        for (int i = 0; i < places.length; i++) {
            numbers[places[i]] = values[i];
        }
        System.arraycopy(exact, 0, numbers, length - exact.length, exact.length);
        return numbers;
    }

    /** Rounds to bfloat16, to the nearest, ties to even. */
    static short bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        if (Float.isNaN(number)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    /** Rounds to IEEE half precision, to the nearest, ties to even. */
    static short float16(float number) {
        int bits = Float.floatToRawIntBits(number);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > 0x7f80_0000) {
            return (short) (sign | 0x7e00);
        }
        // 65,520 lies halfway between the largest number and the next power of two.
        if (magnitude >= 0x477f_f000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x3880_0000) {
            // The digits of subnormal numbers are those of 0.5 + number, whose last one is worth 2⁻²⁴.
            int digits = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3f00_0000;
            return (short) (sign | digits);
        }
        int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
        return (short) (sign | (rounded - 0x3800_0000) >>> 13);
    }

    static float ofFloat16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1f;
        int digits = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = digits * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int there = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | there << 23 | digits << 13);
    }
}
