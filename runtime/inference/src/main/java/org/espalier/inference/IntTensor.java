package org.espalier.inference;

/** Whole numbers that choose elements: words of a vocabulary, places along an axis. */
public final class IntTensor {
    final int[] data;
    final int[] sizes;

    private IntTensor(int[] data, int[] sizes) {
        this.data = data;
        this.sizes = sizes;
    }

    /**
     * Whole numbers of a shape.
     *
     * @param sizes behind the batch axis, if there is one
     */
    static IntTensor of(int[] data, int... sizes) {
        return new IntTensor(data, sizes);
    }
}
