package org.espalier.runtime.initial;

import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.storage.Numbers;

/**
 * Makes a random matrix whose rows are orthonormal, or its columns if they are fewer (Saxe et al., arXiv:1312.6120).
 * Independent normal vectors are made orthonormal one after the other by Gram and Schmidt's process, which is a QR
 * decomposition with a positive diagonal, so that no orientation is likelier than another (Mezzadri, Notices of the AMS
 * 2007).
 */
public final class OrthonormalMatrix {
    /** The part of a vector below which rounding errors of what was subtracted are too large a part of the rest. */
    private static final double LITTLE = 1e-3;

    private OrthonormalMatrix() {}

    /** Sets the numbers of a tensor, whose axes after the first count as one. */
    public static void fill(RandomStream random, double gain, Numbers numbers, long... shape) {
        int rows = Math.toIntExact(shape[0]);
        long columns = 1;
        for (int axis = 1; axis < shape.length; axis++) {
            columns *= shape[axis];
        }
        boolean wide = rows <= columns;
        int count = wide ? rows : Math.toIntExact(columns);
        int length = wide ? Math.toIntExact(columns) : rows;
        double[][] vectors = new double[count][];
        for (int i = 0; i < count; i++) {
            vectors[i] = orthonormal(random, vectors, i, length);
        }
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < length; j++) {
                long place = wide ? i * columns + j : j * columns + i;
                numbers.put(place, gain * vectors[i][j]);
            }
        }
    }

    /** A random vector of length 1 that is orthogonal to the first ones. */
    private static double[] orthonormal(RandomStream random, double[][] vectors, int first, int length) {
        double[] vector = new double[length];
        for (int j = 0; j < length; j++) {
            vector[j] = random.nextGaussian();
        }
        double before = Math.sqrt(dot(vector, vector));
        project(vectors, first, vector);
        double norm = Math.sqrt(dot(vector, vector));
        if (norm < before * LITTLE) {
            project(vectors, first, vector);
            norm = Math.sqrt(dot(vector, vector));
        }
        for (int j = 0; j < length; j++) {
            vector[j] /= norm;
        }
        return vector;
    }

    private static void project(double[][] vectors, int first, double[] vector) {
        for (int i = 0; i < first; i++) {
            subtract(dot(vectors[i], vector), vectors[i], vector);
        }
    }

    /** In four sums, none of which waits for the others. */
    private static double dot(double[] a, double[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int j = 0;
        for (; j + 3 < a.length; j += 4) {
            sum0 += a[j] * b[j];
            sum1 += a[j + 1] * b[j + 1];
            sum2 += a[j + 2] * b[j + 2];
            sum3 += a[j + 3] * b[j + 3];
        }
        for (; j < a.length; j++) {
            sum0 += a[j] * b[j];
        }
        return sum0 + sum1 + sum2 + sum3;
    }

    private static void subtract(double factor, double[] a, double[] from) {
        for (int j = 0; j < a.length; j++) {
            from[j] -= factor * a[j];
        }
    }
}
