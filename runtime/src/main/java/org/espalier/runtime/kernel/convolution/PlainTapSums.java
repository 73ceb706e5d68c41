package org.espalier.runtime.kernel.convolution;

import org.espalier.runtime.kernel.memory.Scratch;

/**
 * Sums over taps in plain loops. The JVM's compiler vectorizes one where all arrays are read at the same index, so what
 * a tap meets is first copied to a block of its own; sums of products it does not vectorize.
 */
final class PlainTapSums implements TapSums {
    /** Places whose products are added as floats before they are added as doubles. */
    private static final int STRETCH = 512;

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public void add(float[] from, int[] at, float[] weights, int first, float[] to, int count) {
        Scratch scratch = Scratch.get();
        for (int start = 0; start < count; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, count - start);
            float[] sum = scratch.a;
            System.arraycopy(to, start, sum, 0, size);
            int k = 0;
            for (; k + 1 < at.length; k += 2) {
                System.arraycopy(from, at[k] + start, scratch.b, 0, size);
                System.arraycopy(from, at[k + 1] + start, scratch.c, 0, size);
                add(sum, scratch.b, weights[first + k], scratch.c, weights[first + k + 1], size);
            }
            if (k < at.length) {
                System.arraycopy(from, at[k] + start, scratch.b, 0, size);
                add(sum, scratch.b, weights[first + k], size);
            }
            System.arraycopy(sum, 0, to, start, size);
        }
    }

    private static void add(float[] sum, float[] x, float w, float[] y, float v, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] += w * x[i] + v * y[i];
        }
    }

    private static void add(float[] sum, float[] x, float w, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] += w * x[i];
        }
    }

    @Override
    public void addProducts(float[] from, int[] at, float[] with, int count, double[] sums, int first) {
        for (int start = 0; start < count; start += STRETCH) {
            int end = Math.min(count, start + STRETCH);
            int k = 0;
            for (; k + 2 < at.length; k += 3) {
                addProducts(from, at[k], at[k + 1], at[k + 2], with, start, end, sums, first + k);
            }
            for (; k < at.length; k++) {
                sums[first + k] += product(from, at[k], with, start, end);
            }
        }
    }

    /** Six sums at a time, none of which waits for another. */
    private static void addProducts(
            float[] from, int a, int b, int c, float[] with, int start, int end, double[] sums, int first) {
        float a0 = 0;
        float a1 = 0;
        float b0 = 0;
        float b1 = 0;
        float c0 = 0;
        float c1 = 0;
        int t = start;
        for (; t + 1 < end; t += 2) {
            float g = with[t];
            float h = with[t + 1];
            a0 += g * from[a + t];
            a1 += h * from[a + t + 1];
            b0 += g * from[b + t];
            b1 += h * from[b + t + 1];
            c0 += g * from[c + t];
            c1 += h * from[c + t + 1];
        }
        if (t < end) {
            a0 += with[t] * from[a + t];
            b0 += with[t] * from[b + t];
            c0 += with[t] * from[c + t];
        }
        sums[first] += (double) a0 + a1;
        sums[first + 1] += (double) b0 + b1;
        sums[first + 2] += (double) c0 + c1;
    }

    private static double product(float[] from, int a, float[] with, int start, int end) {
        float s0 = 0;
        float s1 = 0;
        int t = start;
        for (; t + 1 < end; t += 2) {
            s0 += with[t] * from[a + t];
            s1 += with[t + 1] * from[a + t + 1];
        }
        return (double) s0 + s1 + (t < end ? with[t] * from[a + t] : 0);
    }
}
