package org.espalier.inference.product;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles by the Vector API: two vectors of each of six rows stay in registers. */
final class VectorTileProduct extends TileProduct {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Floats of a vector. */
    static final int LANES = SPECIES.length();

    private static final int WIDTH = 2 * LANES;

    /**
     * Read in each turn of the loop over the inner axis: the JVM's compiler brings nothing past it, so it cannot unroll
     * that loop and load the numbers of two turns first, for which there are not enough registers. That would take a
     * fifth longer.
     */
    private static volatile int turn;

    @Override
    public int columns() {
        return WIDTH;
    }

    // Sums that are local variables are what the JVM keeps in registers. Loops inside the loop would box them.
    @Override
    public void tile(float[] a, int atA, float[] b, int atB, float[] c, int atC, int step, int inner, boolean add) {
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        if (add) {
            c00 = FloatVector.fromArray(SPECIES, c, atC);
            c01 = FloatVector.fromArray(SPECIES, c, atC + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, atC + step);
            c11 = FloatVector.fromArray(SPECIES, c, atC + step + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, atC + 2 * step);
            c21 = FloatVector.fromArray(SPECIES, c, atC + 2 * step + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, atC + 3 * step);
            c31 = FloatVector.fromArray(SPECIES, c, atC + 3 * step + LANES);
            c40 = FloatVector.fromArray(SPECIES, c, atC + 4 * step);
            c41 = FloatVector.fromArray(SPECIES, c, atC + 4 * step + LANES);
            c50 = FloatVector.fromArray(SPECIES, c, atC + 5 * step);
            c51 = FloatVector.fromArray(SPECIES, c, atC + 5 * step + LANES);
        }
        for (int l = 0; l < inner; l++) {
            int unused = turn;
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, atB + l * WIDTH);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, atB + l * WIDTH + LANES);
            int at = atA + l * ROWS;
            FloatVector row = FloatVector.broadcast(SPECIES, a[at]);
            c00 = row.fma(b0, c00);
            c01 = row.fma(b1, c01);
            row = FloatVector.broadcast(SPECIES, a[at + 1]);
            c10 = row.fma(b0, c10);
            c11 = row.fma(b1, c11);
            row = FloatVector.broadcast(SPECIES, a[at + 2]);
            c20 = row.fma(b0, c20);
            c21 = row.fma(b1, c21);
            row = FloatVector.broadcast(SPECIES, a[at + 3]);
            c30 = row.fma(b0, c30);
            c31 = row.fma(b1, c31);
            row = FloatVector.broadcast(SPECIES, a[at + 4]);
            c40 = row.fma(b0, c40);
            c41 = row.fma(b1, c41);
            row = FloatVector.broadcast(SPECIES, a[at + 5]);
            c50 = row.fma(b0, c50);
            c51 = row.fma(b1, c51);
        }
        store(c00, c01, c, atC);
        store(c10, c11, c, atC + step);
        store(c20, c21, c, atC + 2 * step);
        store(c30, c31, c, atC + 3 * step);
        store(c40, c41, c, atC + 4 * step);
        store(c50, c51, c, atC + 5 * step);
    }

    private static void store(FloatVector first, FloatVector second, float[] c, int at) {
        first.intoArray(c, at);
        second.intoArray(c, at + LANES);
    }

    @Override
    public void pack(float[] from, int at, int[] rows, int first, int count, Runs runs, float[] packed, int ofPanel) {
        int all = runs.begins[runs.panels()];
        int[] places = runs.from;
        int[] targets = runs.targets(ofPanel);
        if (all == 4) {
            for (int l = 0; l < count; l++) {
                int row = at + rows[first + l];
                int to = l * WIDTH;
                copy(from, row + places[0], packed, to + targets[0]);
                copy(from, row + places[1], packed, to + targets[1]);
                copy(from, row + places[2], packed, to + targets[2]);
                copy(from, row + places[3], packed, to + targets[3]);
            }
            return;
        }
        // A run writes over what follows it, and that over what it should not have written.
        for (int l = 0; l < count; l++) {
            int row = at + rows[first + l];
            for (int run = 0; run < all; run++) {
                copy(from, row + places[run], packed, l * WIDTH + targets[run]);
            }
        }
    }

    private static void copy(float[] from, int place, float[] to, int out) {
        FloatVector.fromArray(SPECIES, from, place).intoArray(to, out);
        FloatVector.fromArray(SPECIES, from, place + LANES).intoArray(to, out + LANES);
    }

    @Override
    public void row(float[] x, int atX, float[] b, int atB, float[] y, int atY, int inner) {
        FloatVector even0 = FloatVector.zero(SPECIES);
        FloatVector even1 = even0;
        FloatVector odd0 = even0;
        FloatVector odd1 = even0;
        int l = 0;
        for (; l + 1 < inner; l += 2) {
            int at = atB + l * WIDTH;
            FloatVector value = FloatVector.broadcast(SPECIES, x[atX + l]);
            even0 = value.fma(FloatVector.fromArray(SPECIES, b, at), even0);
            even1 = value.fma(FloatVector.fromArray(SPECIES, b, at + LANES), even1);
            value = FloatVector.broadcast(SPECIES, x[atX + l + 1]);
            odd0 = value.fma(FloatVector.fromArray(SPECIES, b, at + WIDTH), odd0);
            odd1 = value.fma(FloatVector.fromArray(SPECIES, b, at + WIDTH + LANES), odd1);
        }
        if (l < inner) {
            int at = atB + l * WIDTH;
            FloatVector value = FloatVector.broadcast(SPECIES, x[atX + l]);
            even0 = value.fma(FloatVector.fromArray(SPECIES, b, at), even0);
            even1 = value.fma(FloatVector.fromArray(SPECIES, b, at + LANES), even1);
        }
        even0.add(odd0).intoArray(y, atY);
        even1.add(odd1).intoArray(y, atY + LANES);
    }
}
