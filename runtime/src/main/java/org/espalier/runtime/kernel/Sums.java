package org.espalier.runtime.kernel;

/**
 * Sums over the first elements of blocks, in double precision and in several strands each, since one addition waits for
 * the last.
 */
final class Sums {
    private Sums() {}

    /** Σ x. */
    static double of(float[] x, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
        }
        for (; i < n; i++) {
            s0 += x[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Σ |x|. */
    static double ofAbsolutes(float[] x, int n) {
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
    static double ofSquares(float[] x, int n) {
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

    /** Two sums over the same blocks, kept from one block to the next. */
    static final class Pair {
        double first;
        double second;

        /** Adds Σ (x − origin) and Σ (x − origin)². */
        void addMoments(float[] x, double origin, int n) {
            double s0 = 0;
            double s1 = 0;
            double q0 = 0;
            double q1 = 0;
            int i = 0;
            for (; i + 1 < n; i += 2) {
                double d0 = x[i] - origin;
                double d1 = x[i + 1] - origin;
                s0 += d0;
                s1 += d1;
                q0 += d0 * d0;
                q1 += d1 * d1;
            }
            if (i < n) {
                double d0 = x[i] - origin;
                s0 += d0;
                q0 += d0 * d0;
            }
            first += s0 + s1;
            second += q0 + q1;
        }

        /** Adds Σ d and Σ d (x − origin). */
        void addProducts(float[] d, float[] x, double origin, int n) {
            double s0 = 0;
            double s1 = 0;
            double q0 = 0;
            double q1 = 0;
            int i = 0;
            for (; i + 1 < n; i += 2) {
                s0 += d[i];
                s1 += d[i + 1];
                q0 += d[i] * (x[i] - origin);
                q1 += d[i + 1] * (x[i + 1] - origin);
            }
            if (i < n) {
                s0 += d[i];
                q0 += d[i] * (x[i] - origin);
            }
            first += s0 + s1;
            second += q0 + q1;
        }
    }
}
