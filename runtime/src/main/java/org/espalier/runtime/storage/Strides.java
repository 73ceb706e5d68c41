package org.espalier.runtime.storage;

import java.util.Arrays;

/** Distances, in elements, between neighbours along each axis of an array. */
public final class Strides {
    private Strides() {}

    /** Distances without gaps, the last axis fastest. */
    public static long[] of(long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    /**
     * The same elements in the same order under another shape, behind the first axis, which stays.
     *
     * @throws IllegalArgumentException if no strides can say that
     */
    public static long[] reshaped(long[] shape, long[] strides, long... to) {
        long[] sizes = new long[shape.length];
        long[] steps = new long[shape.length];
        int axes = 0;
        for (int axis = 1; axis < shape.length; axis++) {
            if (axes > 0 && shape[axis] > 1 && steps[axes - 1] == strides[axis] * shape[axis]) {
                sizes[axes - 1] *= shape[axis];
                steps[axes - 1] = strides[axis];
            } else if (shape[axis] > 1) {
                sizes[axes] = shape[axis];
                steps[axes] = strides[axis];
                axes++;
            }
        }
        long[] found = of(to);
        found[0] = strides[0];
        long left = 1;
        long stride = 1;
        for (int axis = to.length - 1; axis > 0; axis--) {
            if (left == 1 && to[axis] > 1 && axes > 0) {
                axes--;
                left = sizes[axes];
                stride = steps[axes];
            }
            if (left % to[axis] != 0) {
                throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape) + " and strides "
                        + Arrays.toString(strides) + " cannot be seen as " + Arrays.toString(to));
            }
            found[axis] = stride;
            left /= to[axis];
            stride *= to[axis];
        }
        return found;
    }
}
