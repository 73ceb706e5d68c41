package org.espalier.inference.convolution;

import org.espalier.inference.tensor.FloatTensor;

/** Depth, height and width of a sample's channel. */
public record Volume(int depth, int height, int width) {
    /** The last three axes of a tensor; those that it has not are 1. */
    public static Volume of(FloatTensor tensor) {
        int[] s = tensor.sizes;
        int n = s.length;
        return new Volume(n > 3 ? s[n - 3] : 1, n > 2 ? s[n - 2] : 1, s[n - 1]);
    }

    /** Counts the places. */
    public int size() {
        return depth * height * width;
    }

    /** Steps between its places, those of a channel one after another. */
    public WindowColumns.Steps dense() {
        return new WindowColumns.Steps(0, height * width, width, 1);
    }
}
