package org.espalier.inference.product;

/**
 * Products of packed matrices, tile by tile. Rows are packed {@link #ROWS} at a time, element by element of the inner
 * axis, columns {@link #columns} at a time likewise, so that a tile of the product reads both from front to back.
 */
public abstract class TileProduct {
    /** Rows of a tile. */
    public static final int ROWS = 6;

    /** Columns of a tile of this product. */
    public abstract int columns();

    /**
     * c = a b for one tile, or c += a b.
     *
     * @param a [inner][ROWS] from {@code atA} on
     * @param b [inner][columns] from {@code atB} on
     * @param c [ROWS][columns] from {@code atC} on, whose rows are {@code step} elements apart
     */
    public abstract void tile(
            float[] a, int atA, float[] b, int atB, float[] c, int atC, int step, int inner, boolean add);

    /**
     * Packs the columns of a strip: row {@code l} becomes what each run has from {@code at + rows[first + l]} on. May
     * read and write up to {@code columns} elements behind the last.
     *
     * @param ofPanel elements from a panel to the next, a row more than it has
     */
    public abstract void pack(
            float[] from, int at, int[] rows, int first, int count, Runs runs, float[] packed, int ofPanel);

    /** y = x b for one row, columns of one panel: {@code y[0 to columns)} from {@code atY} on. */
    public abstract void row(float[] x, int atX, float[] b, int atB, float[] y, int atY, int inner);
}
