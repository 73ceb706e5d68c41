package org.espalier.runtime.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** M = V · U for few rows: what {@link VectorWinograd} does at each of its frequencies. */
final class VectorProduct {
    /** Rows that are computed at a time: with two vectors of each, 14 of the processor's 32 registers. */
    static final int ROWS = 7;

    private static final VectorSpecies<Float> SPECIES = VectorMemory.SPECIES;
    private static final int LANES = SPECIES.length();

    private VectorProduct() {}

    /**
     * Seven rows of the product.
     *
     * @param v has V [rows, inner] from place {@code atV} on
     * @param u has U [inner, columns] from place {@code atU} on, with a multiple of two vectors' columns
     * @param m takes M [rows, columns], from place {@code atM} on
     */
    static void multiply(float[] v, int atV, float[] u, int atU, float[] m, int atM, int inner, int columns) {
        for (int column = 0; column < columns; column += 2 * LANES) {
            multiplyColumns(v, atV, u, atU + column, m, atM + column, inner, columns);
        }
    }

    // Sums that are local variables are what the JVM keeps in registers. Loops inside the loop would box them.
    private static void multiplyColumns(
            float[] v, int atV, float[] u, int atU, float[] m, int atM, int inner, int columns) {
        FloatVector m00 = FloatVector.zero(SPECIES);
        FloatVector m01 = m00;
        FloatVector m10 = m00;
        FloatVector m11 = m00;
        FloatVector m20 = m00;
        FloatVector m21 = m00;
        FloatVector m30 = m00;
        FloatVector m31 = m00;
        FloatVector m40 = m00;
        FloatVector m41 = m00;
        FloatVector m50 = m00;
        FloatVector m51 = m00;
        FloatVector m60 = m00;
        FloatVector m61 = m00;
        for (int l = 0; l < inner; l++) {
            FloatVector u0 = FloatVector.fromArray(SPECIES, u, atU + l * columns);
            FloatVector u1 = FloatVector.fromArray(SPECIES, u, atU + l * columns + LANES);
            FloatVector row = FloatVector.broadcast(SPECIES, v[atV + l]);
            m00 = row.fma(u0, m00);
            m01 = row.fma(u1, m01);
            row = FloatVector.broadcast(SPECIES, v[atV + inner + l]);
            m10 = row.fma(u0, m10);
            m11 = row.fma(u1, m11);
            row = FloatVector.broadcast(SPECIES, v[atV + 2 * inner + l]);
            m20 = row.fma(u0, m20);
            m21 = row.fma(u1, m21);
            row = FloatVector.broadcast(SPECIES, v[atV + 3 * inner + l]);
            m30 = row.fma(u0, m30);
            m31 = row.fma(u1, m31);
            row = FloatVector.broadcast(SPECIES, v[atV + 4 * inner + l]);
            m40 = row.fma(u0, m40);
            m41 = row.fma(u1, m41);
            row = FloatVector.broadcast(SPECIES, v[atV + 5 * inner + l]);
            m50 = row.fma(u0, m50);
            m51 = row.fma(u1, m51);
            row = FloatVector.broadcast(SPECIES, v[atV + 6 * inner + l]);
            m60 = row.fma(u0, m60);
            m61 = row.fma(u1, m61);
        }
        store(m00, m01, m, atM);
        store(m10, m11, m, atM + columns);
        store(m20, m21, m, atM + 2 * columns);
        store(m30, m31, m, atM + 3 * columns);
        store(m40, m41, m, atM + 4 * columns);
        store(m50, m51, m, atM + 5 * columns);
        store(m60, m61, m, atM + 6 * columns);
    }

    private static void store(FloatVector first, FloatVector second, float[] m, int at) {
        first.intoArray(m, at);
        second.intoArray(m, at + LANES);
    }
}
