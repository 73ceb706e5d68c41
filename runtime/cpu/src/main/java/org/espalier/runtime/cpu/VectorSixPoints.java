package org.espalier.runtime.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The matrices of Winograd's algorithm F(4, 3), which computes four elements of a correlation with three weights, y =
 * Aᵀ (G w ⊙ Bᵀ d), from polynomials at 0, a, −a, b, −b and ∞ (Winograd, Arithmetic Complexity of Computations, 1980):
 *
 * <pre>
 *        a²b²   0   −a²−b²   0     1  0
 *         0   −ab²   −b²     a     1  0
 *   Bᵀ =  0    ab²   −b²    −a     1  0
 *         0   −a²b   −a²     b     1  0
 *         0    a²b   −a²    −b     1  0
 *         0    a²b²    0   −a²−b²  0  1
 *
 *       1/a²b²  0    0
 *         A    Aa   Aa²              1  1   1   1   1   0
 *   G =   A   −Aa   Aa²         Aᵀ = 0  a  −a   b  −b   0    A = 1 / 2a²(a² − b²)
 *         B    Bb   Bb²              0  a²  a²  b²  b²  0    B = 1 / 2b²(b² − a²)
 *         B   −Bb   Bb²              0  a³ −a³  b³ −b³  1
 *         0    0    1
 * </pre>
 *
 * <p>With a = ¾ and b = 3/2 rounding errors are a fourth of those with 1 and 2, the points that are mostly chosen, and
 * the numbers of Bᵀ and Aᵀ have so few digits that they are exact.
 *
 * <p>Each method multiplies vectors of which coordinate k is at {@code at + k·step}, as many at a time as a vector of
 * the processor has lanes, and writes coordinate k of the result at {@code out + k·outStep}.
 */
final class VectorSixPoints {
    private static final VectorSpecies<Float> SPECIES = VectorMemory.SPECIES;

    private static final float A = 0.75f;
    private static final float A2 = A * A;
    private static final float A3 = A * A2;
    private static final float B = 1.5f;
    private static final float B2 = B * B;
    private static final float B3 = B * B2;
    private static final float PRODUCT = A2 * B2;
    private static final float SUM = A2 + B2;
    private static final float OF_ZERO = 1 / PRODUCT;
    private static final float OF_A = 1 / (2 * A2 * (A2 - B2));
    private static final float OF_B = 1 / (2 * B2 * (B2 - A2));

    private VectorSixPoints() {}

    /** Bᵀ: six coordinates of six. */
    static void input(float[] x, int at, int step, float[] to, int out, int outStep) {
        FloatVector d0 = FloatVector.fromArray(SPECIES, x, at);
        FloatVector d1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector d2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        FloatVector d3 = FloatVector.fromArray(SPECIES, x, at + 3 * step);
        FloatVector d4 = FloatVector.fromArray(SPECIES, x, at + 4 * step);
        FloatVector d5 = FloatVector.fromArray(SPECIES, x, at + 5 * step);
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

    /** Aᵀ: four coordinates of six, plus a vector. */
    static void output(float[] x, int at, int step, float[] plus, int atPlus, float[] to, int out, int outStep) {
        FloatVector m1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector m2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        FloatVector m3 = FloatVector.fromArray(SPECIES, x, at + 3 * step);
        FloatVector m4 = FloatVector.fromArray(SPECIES, x, at + 4 * step);
        FloatVector b = FloatVector.fromArray(SPECIES, plus, atPlus);
        FloatVector evenA = m1.add(m2);
        FloatVector oddA = m1.sub(m2);
        FloatVector evenB = m3.add(m4);
        FloatVector oddB = m3.sub(m4);
        FloatVector.fromArray(SPECIES, x, at).add(evenA).add(evenB).add(b).intoArray(to, out);
        oddA.mul(A).add(oddB.mul(B)).add(b).intoArray(to, out + outStep);
        evenA.mul(A2).add(evenB.mul(B2)).add(b).intoArray(to, out + 2 * outStep);
        oddA.mul(A3)
                .add(oddB.mul(B3))
                .add(FloatVector.fromArray(SPECIES, x, at + 5 * step))
                .add(b)
                .intoArray(to, out + 3 * outStep);
    }

    /** A: six coordinates of four. */
    static void outputAdjoint(float[] x, int at, int step, float[] to, int out, int outStep) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, x, at);
        FloatVector y1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector y2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        FloatVector y3 = FloatVector.fromArray(SPECIES, x, at + 3 * step);
        y0.intoArray(to, out);
        y3.intoArray(to, out + 5 * outStep);
        FloatVector even = y2.fma(FloatVector.broadcast(SPECIES, A2), y0);
        FloatVector odd = y1.mul(A).add(y3.mul(A3));
        even.add(odd).intoArray(to, out + outStep);
        even.sub(odd).intoArray(to, out + 2 * outStep);
        even = y2.fma(FloatVector.broadcast(SPECIES, B2), y0);
        odd = y1.mul(B).add(y3.mul(B3));
        even.add(odd).intoArray(to, out + 3 * outStep);
        even.sub(odd).intoArray(to, out + 4 * outStep);
    }

    /** G: six coordinates of three. */
    static void kernel(float[] x, int at, int step, float[] to, int out, int outStep) {
        FloatVector w0 = FloatVector.fromArray(SPECIES, x, at);
        FloatVector w1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector w2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        w0.mul(OF_ZERO).intoArray(to, out);
        w2.intoArray(to, out + 5 * outStep);
        FloatVector even = w2.fma(FloatVector.broadcast(SPECIES, A2), w0).mul(OF_A);
        FloatVector odd = w1.mul(OF_A * A);
        even.add(odd).intoArray(to, out + outStep);
        even.sub(odd).intoArray(to, out + 2 * outStep);
        even = w2.fma(FloatVector.broadcast(SPECIES, B2), w0).mul(OF_B);
        odd = w1.mul(OF_B * B);
        even.add(odd).intoArray(to, out + 3 * outStep);
        even.sub(odd).intoArray(to, out + 4 * outStep);
    }

    /** Gᵀ: three coordinates of six. */
    static void kernelAdjoint(float[] x, int at, int step, float[] to, int out, int outStep) {
        FloatVector u1 = FloatVector.fromArray(SPECIES, x, at + step);
        FloatVector u2 = FloatVector.fromArray(SPECIES, x, at + 2 * step);
        FloatVector u3 = FloatVector.fromArray(SPECIES, x, at + 3 * step);
        FloatVector u4 = FloatVector.fromArray(SPECIES, x, at + 4 * step);
        FloatVector evenA = u1.add(u2).mul(OF_A);
        FloatVector oddA = u1.sub(u2).mul(OF_A * A);
        FloatVector evenB = u3.add(u4).mul(OF_B);
        FloatVector oddB = u3.sub(u4).mul(OF_B * B);
        FloatVector.fromArray(SPECIES, x, at).mul(OF_ZERO).add(evenA).add(evenB).intoArray(to, out);
        oddA.add(oddB).intoArray(to, out + outStep);
        evenA.mul(A2)
                .add(evenB.mul(B2))
                .add(FloatVector.fromArray(SPECIES, x, at + 5 * step))
                .intoArray(to, out + 2 * outStep);
    }
}
