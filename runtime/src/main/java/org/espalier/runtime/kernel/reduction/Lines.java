package org.espalier.runtime.kernel.reduction;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Lines along an axis: elements of each, and how far apart these are. */
record Lines(int length, int step) {
    static Lines along(INDArray array, int axis) {
        long step = 1;
        for (int after = axis + 1; after < array.rank(); after++) {
            step *= array.size(after);
        }
        return new Lines(Math.toIntExact(array.size(axis)), Math.toIntExact(step));
    }

    /** Elements from the first of a line to behind its last. */
    int extent() {
        return length * step;
    }

    /** The first element of the line that an element is in. */
    int start(int element) {
        return element / extent() * extent() + element % step;
    }

    /** The number of the line that an element is in. */
    int number(int element) {
        return element / extent() * step + element % step;
    }
}
