package org.espalier.inference.convolution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The matrices Bᵀ and Aᵀ of Winograd's algorithm F(4, 3), which computes four elements of a correlation with three
 * weights, y = Aᵀ (G w ⊙ Bᵀ d), from polynomials at 0, a, −a, b, −b and ∞ (Winograd, Arithmetic Complexity of
 * Computations, 1980):
 *
 * <pre>
 *        a²b²   0   −a²−b²   0     1  0
 *         0   −ab²   −b²     a     1  0
 *   Bᵀ =  0    ab²   −b²    −a     1  0      1  1   1   1   1   0
 *         0   −a²b   −a²     b     1  0      0  a  −a   b  −b   0   = Aᵀ
 *         0    a²b   −a²    −b     1  0      0  a²  a²  b²  b²  0
 *         0    a²b²    0   −a²−b²  0  1      0  a³ −a³  b³ −b³  1
 * </pre>
 *
 * <p>With a = ¾ and b = 3/2 rounding errors are a fourth of those with 1 and 2, the points that are mostly chosen, and
 * the numbers of both matrices have so few digits that they are exact.
 *
 * <p>Both methods work on as many tiles at a time as a vector of the processor has lanes, and write coordinate k of the
 * result at {@code out + k·outStep}.
 */
final class SixPointVectors {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private static final float A = 0.75f;
    private static final float A2 = A * A;
    private static final float A3 = A * A2;
    private static final float B = 1.5f;
    private static final float B2 = B * B;
    private static final float B3 = B * B2;
    private static final float PRODUCT = A2 * B2;
    private static final float SUM = A2 + B2;

    private SixPointVectors() {}

    /** G: coordinate k of three weights. */
    static double kernel(int k, double w0, double w1, double w2) {
        double a2 = (double) A * A;
        double b2 = (double) B * B;
        return switch (k) {
            case 0 -> w0 / (a2 * b2);
            case 1 -> (w0 + A * w1 + a2 * w2) / (2 * a2 * (a2 - b2));
            case 2 -> (w0 - A * w1 + a2 * w2) / (2 * a2 * (a2 - b2));
            case 3 -> (w0 + B * w1 + b2 * w2) / (2 * b2 * (b2 - a2));
            case 4 -> (w0 - B * w1 + b2 * w2) / (2 * b2 * (b2 - a2));
            default -> w2;
        };
    }

    /** Bᵀ: six coordinates of six, the first four {@code step} elements apart, the others {@code next} behind them. */
    static void input(float[] x, int at, int step, int next, float[] to, int out, int outStep) {
        FloatVector d0 = FloatVector.fromArray(SPECIES, x, at);
        FloatVector d1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector d2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        FloatVector d3 = FloatVector.fromArray(SPECIES, x, at + 3 * step);
        FloatVector d4 = FloatVector.fromArray(SPECIES, x, at + next);
        FloatVector d5 = FloatVector.fromArray(SPECIES, x, at + next + step);
        FloatVector product = FloatVector.broadcast(SPECIES, PRODUCT);
        FloatVector minusSum = FloatVector.broadcast(SPECIES, -SUM);
        d0.fma(product, d2.fma(minusSum, d4)).intoArray(to, out);
        d1.fma(product, d3.fma(minusSum, d5)).intoArray(to, out + 5 * outStep);
        FloatVector minusB2 = FloatVector.broadcast(SPECIES, -B2);
        FloatVector even = d2.fma(minusB2, d4);
        FloatVector odd = d1.fma(minusB2, d3).mul(A);
        even.add(odd).intoArray(to, out + outStep);
        even.sub(odd).intoArray(to, out + 2 * outStep);
        FloatVector minusA2 = FloatVector.broadcast(SPECIES, -A2);
        even = d2.fma(minusA2, d4);
        odd = d1.fma(minusA2, d3).mul(B);
        even.add(odd).intoArray(to, out + 3 * outStep);
        even.sub(odd).intoArray(to, out + 4 * outStep);
    }

    /** Aᵀ: four coordinates of six that are {@code step} elements apart, plus a number. */
    static void output(float[] x, int at, int step, float plus, float[] to, int out, int outStep) {
        FloatVector m1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector m2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        FloatVector m3 = FloatVector.fromArray(SPECIES, x, at + 3 * step);
        FloatVector m4 = FloatVector.fromArray(SPECIES, x, at + 4 * step);
        FloatVector number = FloatVector.broadcast(SPECIES, plus);
        FloatVector evenA = m1.add(m2);
        FloatVector oddA = m1.sub(m2);
        FloatVector evenB = m3.add(m4);
        FloatVector oddB = m3.sub(m4);
        FloatVector.fromArray(SPECIES, x, at).add(evenA).add(evenB).add(number).intoArray(to, out);
        oddA.mul(A).add(oddB.mul(B)).add(number).intoArray(to, out + outStep);
        evenA.mul(A2).add(evenB.mul(B2)).add(number).intoArray(to, out + 2 * outStep);
        FloatVector last = FloatVector.fromArray(SPECIES, x, at + 5 * step);
        oddA.mul(A3).add(oddB.mul(B3)).add(last).add(number).intoArray(to, out + 3 * outStep);
    }
}
