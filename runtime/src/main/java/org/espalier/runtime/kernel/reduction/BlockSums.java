package org.espalier.runtime.kernel.reduction;

import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Scratch;

/**
 * Sums over the first elements of blocks, in double precision and in several strands each, since one addition waits for
 * the last.
 */
public final class BlockSums {
    /** So many are added one by one. */
    private static final int FEW = 32;

    private BlockSums() {}

    /** Σ x. */
    public static double of(float[] x, int n) {
        return of(x, 0, n);
    }

    /** Σ x of the elements from one to another, the last of which is not among them. */
    public static double of(float[] x, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
        }
        for (; i < to; i++) {
            s0 += x[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Σ x y of the elements from one to another; products are in single precision. */
    public static double ofProducts(float[] x, float[] y, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            s0 += x[i] * y[i];
            s1 += x[i + 1] * y[i + 1];
            s2 += x[i + 2] * y[i + 2];
            s3 += x[i + 3] * y[i + 3];
        }
        for (; i < to; i++) {
            s0 += x[i] * y[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Σ |x|. */
    public static double ofAbsolutes(float[] x, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += Math.abs(x[i]);
            s1 += Math.abs(x[i + 1]);
            s2 += Math.abs(x[i + 2]);
            s3 += Math.abs(x[i + 3]);
        }
        for (; i < n; i++) {
            s0 += Math.abs(x[i]);
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Σ x². */
    public static double ofSquares(float[] x, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += (double) x[i] * x[i];
            s1 += (double) x[i + 1] * x[i + 1];
            s2 += (double) x[i + 2] * x[i + 2];
            s3 += (double) x[i + 3] * x[i + 3];
        }
        for (; i < n; i++) {
            s0 += (double) x[i] * x[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /**
     * Σ x, in single precision and in pairs: the halves of the block are added up until few numbers are left, so that
     * rounding grows with the logarithm of n only. The second half is copied first, since the compiler vectorizes a
     * loop only if it has one index for all arrays.
     *
     * @param x is overwritten
     * @param spare as long as x, overwritten
     */
    public static double inPairs(float[] x, float[] spare, int n) {
        int left = n;
        while (left > FEW) {
            int half = left / 2;
            System.arraycopy(x, left - half, spare, 0, half);
            FloatElementwise.add(x, spare, half);
            left -= half;
        }
        return of(x, left);
    }

    /**
     * The mean and the sum of squared deviations from it, block by block; blocks are joined in double precision (Chan,
     * Golub and LeVeque, 1979), so that the variance does not drown in the square of a large mean.
     */
    public static final class Moments {
        private long count;
        private double mean;
        private double squares;

        /** Adds a block, {@code scratch.a}, which stays as it is. */
        public void add(Scratch scratch, int n) {
            System.arraycopy(scratch.a, 0, scratch.b, 0, n);
            double meanOfBlock = inPairs(scratch.b, scratch.c, n) / n;
            squareDeviations(scratch.a, (float) meanOfBlock, scratch.b, n);
            double squaresOfBlock = inPairs(scratch.b, scratch.c, n);
            double offset = meanOfBlock - mean;
            long before = count;
            count += n;
            mean += offset * n / count;
            squares += squaresOfBlock + offset * offset * before * n / count;
        }

        private static void squareDeviations(float[] x, float mean, float[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = (x[i] - mean) * (x[i] - mean);
            }
        }

        /** The mean of all blocks. */
        public double mean() {
            return mean;
        }

        /** Their variance, biased. */
        public double variance() {
            return squares / count;
        }
    }

    /** Two sums over the same blocks, kept from one block to the next. */
    public static final class Pair {
        public double first;
        public double second;

        /**
         * Adds Σ d and Σ d (x − origin).
         *
         * @param scratch with d in {@code b} and x in {@code a}; all of it is overwritten
         */
        public void addProducts(Scratch scratch, float origin, int n) {
            multiply(scratch.b, scratch.a, origin, scratch.c, n);
            second += inPairs(scratch.c, scratch.a, n);
            first += inPairs(scratch.b, scratch.a, n);
        }

        private static void multiply(float[] d, float[] x, float origin, float[] products, int n) {
            for (int i = 0; i < n; i++) {
                products[i] = d[i] * (x[i] - origin);
            }
        }
    }
}
