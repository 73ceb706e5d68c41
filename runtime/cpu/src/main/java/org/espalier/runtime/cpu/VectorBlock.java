package org.espalier.runtime.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of six rows and two vectors of a matrix product: twelve sums, with what multiplies them, are as many as the
 * sixteen registers of a processor hold.
 */
final class VectorBlock {
    /** Rows of a block. */
    static final int ROWS = 6;

    private static final VectorSpecies<Float> SPECIES = VectorMemory.SPECIES;
    private static final int LANES = SPECIES.length();

    /** Columns of a block. */
    static final int COLUMNS = 2 * LANES;

    private VectorBlock() {}

    /**
     * Computes a block.
     *
     * @param left has element (r, l) at {@code atLeft + r·rowStride + l·innerStride}
     * @param right has row l, of {@code COLUMNS} elements, at {@code atRight + l·COLUMNS}
     * @param result takes row r at {@code atResult + r·resultStride}
     * @param inner elements of a sum
     */
    static void multiply(
            float[] left,
            int atLeft,
            int rowStride,
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
        FloatVector s40 = s00;
        FloatVector s41 = s00;
        FloatVector s50 = s00;
        FloatVector s51 = s00;
        for (int l = 0; l < inner; l++) {
            FloatVector r0 = FloatVector.fromArray(SPECIES, right, atRight + l * COLUMNS);
            FloatVector r1 = FloatVector.fromArray(SPECIES, right, atRight + l * COLUMNS + LANES);
            int at = atLeft + l * innerStride;
            FloatVector row = FloatVector.broadcast(SPECIES, left[at]);
            s00 = row.fma(r0, s00);
            s01 = row.fma(r1, s01);
            row = FloatVector.broadcast(SPECIES, left[at + rowStride]);
            s10 = row.fma(r0, s10);
            s11 = row.fma(r1, s11);
            row = FloatVector.broadcast(SPECIES, left[at + 2 * rowStride]);
            s20 = row.fma(r0, s20);
            s21 = row.fma(r1, s21);
            row = FloatVector.broadcast(SPECIES, left[at + 3 * rowStride]);
            s30 = row.fma(r0, s30);
            s31 = row.fma(r1, s31);
            row = FloatVector.broadcast(SPECIES, left[at + 4 * rowStride]);
            s40 = row.fma(r0, s40);
            s41 = row.fma(r1, s41);
            row = FloatVector.broadcast(SPECIES, left[at + 5 * rowStride]);
            s50 = row.fma(r0, s50);
            s51 = row.fma(r1, s51);
        }
        int at = atResult;
        store(s00, s01, result, at);
        at += resultStride;
        store(s10, s11, result, at);
        at += resultStride;
        store(s20, s21, result, at);
        at += resultStride;
        store(s30, s31, result, at);
        at += resultStride;
        store(s40, s41, result, at);
        at += resultStride;
        store(s50, s51, result, at);
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
