package org.espalier.inference.product;

import java.util.Arrays;

/** Tiles in loops that the JVM's compiler vectorizes by itself. */
final class PlainTileProduct extends TileProduct {
    private static final int WIDTH = 64;

    @Override
    public int columns() {
        return WIDTH;
    }

    @Override
    public void tile(float[] a, int atA, float[] b, int atB, float[] c, int atC, int step, int inner, boolean add) {
        for (int i = 0; i < ROWS && !add; i++) {
            Arrays.fill(c, atC + i * step, atC + i * step + WIDTH, 0);
        }
        int l = 0;
        for (; l + 3 < inner; l += 4) {
            for (int i = 0; i < ROWS; i++) {
                int at = atA + l * ROWS + i;
                int to = atC + i * step;
                four(c, to, b, atB + l * WIDTH, a[at], a[at + ROWS], a[at + 2 * ROWS], a[at + 3 * ROWS]);
            }
        }
        for (; l < inner; l++) {
            for (int i = 0; i < ROWS; i++) {
                one(c, atC + i * step, b, atB + l * WIDTH, a[atA + l * ROWS + i]);
            }
        }
    }

    @Override
    public void pack(float[] from, int at, int[] rows, int first, int count, Runs runs, float[] packed, int ofPanel) {
        int all = runs.begins[runs.panels()];
        int[] targets = runs.targets(ofPanel);
        for (int l = 0; l < count; l++) {
            int row = at + rows[first + l];
            for (int run = 0; run < all; run++) {
                int to = l * WIDTH + targets[run];
                System.arraycopy(from, row + runs.from[run], packed, to, runs.lengths[run]);
            }
        }
    }

    @Override
    public void row(float[] x, int atX, float[] b, int atB, float[] y, int atY, int inner) {
        Arrays.fill(y, atY, atY + WIDTH, 0);
        int l = 0;
        for (; l + 3 < inner; l += 4) {
            int at = atX + l;
            four(y, atY, b, atB + l * WIDTH, x[at], x[at + 1], x[at + 2], x[at + 3]);
        }
        for (; l < inner; l++) {
            one(y, atY, b, atB + l * WIDTH, x[atX + l]);
        }
    }

    /** Four rows of b at a time, so that those of c are loaded and stored less often. */
    private static void four(float[] c, int to, float[] b, int at, float w0, float w1, float w2, float w3) {
        for (int j = 0; j < WIDTH; j++) {
            c[to + j] += (w0 * b[at + j] + w1 * b[at + WIDTH + j])
                    + (w2 * b[at + 2 * WIDTH + j] + w3 * b[at + 3 * WIDTH + j]);
        }
    }

    private static void one(float[] c, int to, float[] b, int at, float w) {
        for (int j = 0; j < WIDTH; j++) {
            c[to + j] += w * b[at + j];
        }
    }
}
