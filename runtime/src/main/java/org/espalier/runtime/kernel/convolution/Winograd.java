package org.espalier.runtime.kernel.convolution;

/**
 * Short correlations with fewer multiplications than their definition has: Winograd's minimal filtering algorithms
 * (Arithmetic Complexity of Computations, 1980; for convolutional networks, Lavin and Gray, arXiv:1509.09308). The
 * {@code outputs} elements y of a correlation with {@code taps} weights w see {@code outputs + taps − 1 = 4} elements
 * d, and are, with matrices of small constants,
 *
 * <pre>
 *   y = Aᵀ (G w ⊙ Bᵀ d)
 * </pre>
 *
 * where only the product ⊙, element by element, multiplies inputs by weights: 4 times instead of {@code outputs ·
 * taps}. In two dimensions it is done along the columns and along the rows, and 16 multiplications do for 36.
 *
 * <p>The matrices come from evaluating polynomials at 0, 1, −1 and ∞, and B is the same for both algorithms:
 *
 * <pre>
 *        1  0 −1  0
 *   Bᵀ = 0  1  1  0
 *        0 −1  1  0
 *        0 −1  0  1
 *
 *   two taps:                       three taps:
 *
 *       1  0        1  1  1  0          1  0  0
 *   G = ½  ½   Aᵀ = 0  1 −1  0      G = ½  ½  ½   Aᵀ = 1  1  1  0
 *       ½ −½        0  1  1  1          ½ −½  ½        0  1 −1  1
 *       0  1                            0  0  1
 * </pre>
 *
 * <p>Vectors are multiplied by these in place, in four arrays of which each holds one coordinate of all vectors: loops
 * with the same index in every array are what the JVM's compiler vectorizes. Matrices that make four coordinates of
 * fewer take these from the first arrays, and those that make fewer leave them there.
 *
 * @param taps weights of the correlation
 * @param outputs elements that one application of the algorithm computes
 * @param kernel G
 * @param kernelAdjoint Gᵀ
 * @param output Aᵀ
 * @param outputAdjoint A
 */
record Winograd(int taps, int outputs, Matrix kernel, Matrix kernelAdjoint, Matrix output, Matrix outputAdjoint) {
    /** Elements that one application sees. */
    static final int SIZE = 4;

    /** Three outputs of a correlation with two weights. */
    static final Winograd TWO_TAPS = new Winograd(
            2,
            3,
            Winograd::kernelOfTwo,
            Winograd::kernelOfTwoAdjoint,
            Winograd::threeOutputs,
            Winograd::threeOutputsAdjoint);

    /** Two outputs of a correlation with three weights. */
    static final Winograd THREE_TAPS = new Winograd(
            3,
            2,
            Winograd::kernelOfThree,
            Winograd::kernelOfThreeAdjoint,
            Winograd::twoOutputs,
            Winograd::twoOutputsAdjoint);

    /** One of the matrices. */
    @FunctionalInterface
    interface Matrix {
        /** Multiplies the vectors (a[i], b[i], c[i], d[i]) with i &lt; count, in place. */
        void multiply(float[] a, float[] b, float[] c, float[] d, int count);
    }

    /** Bᵀ. */
    static void input(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float d0 = a[i];
            float d1 = b[i];
            float d2 = c[i];
            float d3 = d[i];
            a[i] = d0 - d2;
            b[i] = d1 + d2;
            c[i] = d2 - d1;
            d[i] = d3 - d1;
        }
    }

    /** B. */
    static void inputAdjoint(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float v0 = a[i];
            float v1 = b[i];
            float v2 = c[i];
            float v3 = d[i];
            b[i] = v1 - v2 - v3;
            c[i] = v1 + v2 - v0;
        }
    }

    private static void kernelOfTwo(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float half0 = 0.5f * a[i];
            float w1 = b[i];
            float half1 = 0.5f * w1;
            b[i] = half0 + half1;
            c[i] = half0 - half1;
            d[i] = w1;
        }
    }

    private static void kernelOfTwoAdjoint(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float half1 = 0.5f * b[i];
            float half2 = 0.5f * c[i];
            a[i] = a[i] + half1 + half2;
            b[i] = half1 - half2 + d[i];
        }
    }

    private static void kernelOfThree(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float w2 = c[i];
            float outer = 0.5f * (a[i] + w2);
            float inner = 0.5f * b[i];
            b[i] = outer + inner;
            c[i] = outer - inner;
            d[i] = w2;
        }
    }

    private static void kernelOfThreeAdjoint(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float half1 = 0.5f * b[i];
            float half2 = 0.5f * c[i];
            float outer = half1 + half2;
            a[i] = a[i] + outer;
            b[i] = half1 - half2;
            c[i] = outer + d[i];
        }
    }

    private static void threeOutputs(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float m1 = b[i];
            float m2 = c[i];
            float sum = m1 + m2;
            a[i] = a[i] + sum;
            b[i] = m1 - m2;
            c[i] = sum + d[i];
        }
    }

    private static void threeOutputsAdjoint(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float y1 = b[i];
            float y2 = c[i];
            float outer = a[i] + y2;
            b[i] = outer + y1;
            c[i] = outer - y1;
            d[i] = y2;
        }
    }

    private static void twoOutputs(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float m1 = b[i];
            float m2 = c[i];
            a[i] = a[i] + m1 + m2;
            b[i] = m1 - m2 + d[i];
        }
    }

    private static void twoOutputsAdjoint(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float y0 = a[i];
            float y1 = b[i];
            b[i] = y0 + y1;
            c[i] = y0 - y1;
            d[i] = y1;
        }
    }

    /** Multiplies both axes of planes[row·4 + column] by a matrix that makes {@code to} coordinates of four. */
    static void contract(Matrix matrix, int to, float[][] planes, int count) {
        columns(matrix, planes, count);
        rows(matrix, to, planes, count);
    }

    /** Multiplies both axes by a matrix that makes four coordinates of {@code from}. */
    static void expand(Matrix matrix, int from, float[][] planes, int count) {
        rows(matrix, from, planes, count);
        columns(matrix, planes, count);
    }

    private static void columns(Matrix matrix, float[][] planes, int count) {
        for (int q = 0; q < SIZE; q++) {
            matrix.multiply(planes[q], planes[SIZE + q], planes[2 * SIZE + q], planes[3 * SIZE + q], count);
        }
    }

    private static void rows(Matrix matrix, int rows, float[][] planes, int count) {
        for (int p = 0; p < rows; p++) {
            int row = p * SIZE;
            matrix.multiply(planes[row], planes[row + 1], planes[row + 2], planes[row + 3], count);
        }
    }
}
