package org.espalier.inference.tensor;

/** Whole numbers that choose elements: words of a vocabulary, places along an axis. */
public final class IntTensor {
    private final int[] data;
    /** Sizes of the axes behind the batch axis. */
    public final int[] sizes;

    private IntTensor(int[] data, int[] sizes) {
        this.data = data;
        this.sizes = sizes;
    }

    /** The numbers. */
    public int[] data() {
        return data;
    }

    /**
     * Whole numbers of a shape.
     *
     * @param sizes behind the batch axis, if there is one
     */
    public static IntTensor of(int[] data, int... sizes) {
        return new IntTensor(data, sizes);
    }
}
