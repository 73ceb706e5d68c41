package org.espalier.runtime.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of four rows and two vectors of a matrix product. Eight sums are as many as keep two multiply-adds a cycle
 * busy, each of which takes four cycles. Twelve would fit the sixteen registers of a processor with AVX2 too, but the
 * JVM loads all that multiplies them first: it then keeps some sums in memory, and every turn of the loop waits for
 * them.
 */
final class VectorBlock {
    /** Rows of a block. */
    static final int ROWS = 4;

    private static final VectorSpecies<Float> SPECIES = VectorMemory.SPECIES;
    private static final int LANES = SPECIES.length();

    /** Columns of a block. */
    static final int COLUMNS = 2 * LANES;

    private VectorBlock() {}

    /**
     * Computes a block of L · R.
     *
     * @param left has element (r, l) of L at {@code atLeft + r·rowStride + l}
     * @param right has row l of R, of {@code COLUMNS} elements, at {@code atRight + l·COLUMNS}
     * @param result takes row r at {@code atResult + r·resultStride}
     * @param inner elements of a sum
     */
    static void multiply(
            float[] left,
            int atLeft,
            int rowStride,
            float[] right,
            int atRight,
            float[] result,
            int atResult,
            int resultStride,
            int inner) {
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        int at1 = atLeft + rowStride;
        int at2 = at1 + rowStride;
        int at3 = at2 + rowStride;
        for (int l = 0; l < inner; l++) {
            FloatVector r0 = FloatVector.fromArray(SPECIES, right, atRight + l * COLUMNS);
            FloatVector r1 = FloatVector.fromArray(SPECIES, right, atRight + l * COLUMNS + LANES);
            FloatVector row = FloatVector.broadcast(SPECIES, left[atLeft + l]);
            s00 = row.fma(r0, s00);
            s01 = row.fma(r1, s01);
            row = FloatVector.broadcast(SPECIES, left[at1 + l]);
            s10 = row.fma(r0, s10);
            s11 = row.fma(r1, s11);
            row = FloatVector.broadcast(SPECIES, left[at2 + l]);
            s20 = row.fma(r0, s20);
            s21 = row.fma(r1, s21);
            row = FloatVector.broadcast(SPECIES, left[at3 + l]);
            s30 = row.fma(r0, s30);
            s31 = row.fma(r1, s31);
        }
        store(s00, s01, result, atResult);
        store(s10, s11, result, atResult + resultStride);
        store(s20, s21, result, atResult + 2 * resultStride);
        store(s30, s31, result, atResult + 3 * resultStride);
    }

    /**
     * Computes a block of Lᵀ · R.
     *
     * @param left has element (l, r) of L at {@code atLeft + l·innerStride + r}
     * @param right has row l of R, of {@code COLUMNS} elements, at {@code atRight + l·COLUMNS}
     * @param result takes row r at {@code atResult + r·resultStride}
     * @param inner elements of a sum
     */
    static void multiplyTransposed(
            float[] left,
            int atLeft,
            int innerStride,
            float[] right,
            int atRight,
            float[] result,
            int atResult,
            int resultStride,
            int inner) {
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        for (int l = 0; l < inner; l++) {
            FloatVector r0 = FloatVector.fromArray(SPECIES, right, atRight + l * COLUMNS);
            FloatVector r1 = FloatVector.fromArray(SPECIES, right, atRight + l * COLUMNS + LANES);
            int at = atLeft + l * innerStride;
            FloatVector row = FloatVector.broadcast(SPECIES, left[at]);
            s00 = row.fma(r0, s00);
            s01 = row.fma(r1, s01);
            row = FloatVector.broadcast(SPECIES, left[at + 1]);
            s10 = row.fma(r0, s10);
            s11 = row.fma(r1, s11);
            row = FloatVector.broadcast(SPECIES, left[at + 2]);
            s20 = row.fma(r0, s20);
            s21 = row.fma(r1, s21);
            row = FloatVector.broadcast(SPECIES, left[at + 3]);
            s30 = row.fma(r0, s30);
            s31 = row.fma(r1, s31);
        }
        store(s00, s01, result, atResult);
        store(s10, s11, result, atResult + resultStride);
        store(s20, s21, result, atResult + 2 * resultStride);
        store(s30, s31, result, atResult + 3 * resultStride);
    }

    private static void store(FloatVector first, FloatVector second, float[] result, int at) {
        first.intoArray(result, at);
        second.intoArray(result, at + LANES);
    }

    /** Adds a block, whose rows lie one after another, to the result. */
    static void add(float[] block, float[] result, int atResult, int resultStride) {
        for (int row = 0; row < ROWS; row++) {
            int at = atResult + row * resultStride;
            for (int column = 0; column < COLUMNS; column++) {
                result[at + column] += block[row * COLUMNS + column];
            }
        }
    }
}
