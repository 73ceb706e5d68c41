package org.espalier.runtime;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks of arrays that come from outside. */
final class Shapes {
    private Shapes() {}

    /**
     * The array as kernels want it: of the right type and shape and without gaps, a copy if it was not so.
     *
     * @param what what the array is, for messages: {@code input 'image' of Tiny}
     * @param batch the batch size it must have, or 0 for any
     * @param sample the shape of one sample
     * @throws IllegalArgumentException if type or shape are not those expected
     */
    static INDArray check(String what, INDArray array, DataType type, long batch, long... sample) {
        if (array.wasClosed()) {
            throw new IllegalArgumentException(what + " was closed");
        }
        if (array.dataType() != type || !hasShape(array, batch, sample)) {
            throw new IllegalArgumentException(what + " must be " + describe(batch, sample) + " " + type + ", but is "
                    + Arrays.toString(array.shape()) + " " + array.dataType());
        }
        return contiguous(array);
    }

    static boolean hasShape(INDArray array, long batch, long... sample) {
        if (array.rank() != sample.length + 1 || array.size(0) < 1 || (batch != 0 && array.size(0) != batch)) {
            return false;
        }
        for (int axis = 0; axis < sample.length; axis++) {
            if (array.size(axis + 1) != sample[axis]) {
                return false;
            }
        }
        return true;
    }

    static INDArray contiguous(INDArray array) {
        long stride = 1;
        for (int axis = array.rank() - 1; axis >= 0; axis--) {
            if (array.size(axis) != 1 && array.stride()[axis] != stride) {
                return array.dup('c');
            }
            stride *= array.size(axis);
        }
        return array;
    }

    /** {@code [batch, 1, 28, 28]}, with the batch as a number if it is fixed. */
    static String describe(long batch, long... sample) {
        String sizes = Arrays.stream(sample).mapToObj(size -> ", " + size).collect(Collectors.joining());
        return "[" + (batch == 0 ? "batch" : String.valueOf(batch)) + sizes + "]";
    }
}
