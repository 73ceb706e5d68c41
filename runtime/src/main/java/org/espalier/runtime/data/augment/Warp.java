package org.espalier.runtime.data.augment;

/**
 * An affine map of the pixels of a picture to the places of another from which they come, rows and columns counted from
 * the centre of the first pixel: row y, column x comes from row {@code yy · y + yx · x + y0}, column {@code xy · y + xx
 * · x + x0}.
 */
record Warp(double yy, double yx, double y0, double xy, double xx, double x0) {
    static final Warp IDENTITY = new Warp(1, 0, 0, 0, 1, 0);

    /** The map of a picture that this made, and then {@code next}. */
    Warp after(Warp next) {
        return new Warp(
                yy * next.yy + yx * next.xy,
                yy * next.yx + yx * next.xx,
                yy * next.y0 + yx * next.x0 + y0,
                xy * next.yy + xx * next.xy,
                xy * next.yx + xx * next.xx,
                xy * next.y0 + xx * next.x0 + x0);
    }
}
