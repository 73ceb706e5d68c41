package org.espalier.inference;

/** Whole numbers that choose elements: words of a vocabulary, places along an axis. */
public final class Indices {
    final int[] data;
    final int[] sizes;

    private Indices(int[] data, int[] sizes) {
        this.data = data;
        this.sizes = sizes;
    }

    /**
     * Whole numbers of a shape.
     *
     * @param sizes behind the batch axis, if there is one
     */
    static Indices of(int[] data, int... sizes) {
        return new Indices(data, sizes);
    }
}
