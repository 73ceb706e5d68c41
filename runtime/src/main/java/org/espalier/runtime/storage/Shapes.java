package org.espalier.runtime.storage;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.workspace.ND4JWorkspaceException;
import org.nd4j.linalg.workspace.WorkspaceUtils;

/** Checks of arrays that come from outside. */
public final class Shapes {
    private Shapes() {}

    /**
     * Checks that an array is of the right type and shape.
     *
     * @param what what the array is, for messages: {@code input 'image' of Tiny}
     * @param batch the batch size it must have, or 0 for any
     * @param sample the shape of one sample
     * @throws IllegalArgumentException if type or shape are not those expected, or its memory is gone
     */
    public static void check(Supplier<String> what, INDArray array, DataType type, long batch, long... sample) {
        checkOpen(what, array);
        if (array.dataType() != type || !hasShape(array, batch, sample)) {
            throw new IllegalArgumentException(what.get() + " must be " + describe(batch, sample) + " " + type
                    + ", but is " + Arrays.toString(array.shape()) + " " + array.dataType());
        }
        NdArrays.recheck(array);
    }

    /**
     * Checks that an array's memory is there.
     *
     * @throws IllegalArgumentException if it was closed, or the ND4J workspace that it is in
     */
    public static void checkOpen(Supplier<String> what, INDArray array) {
        if (array.wasClosed()) {
            throw new IllegalArgumentException(what.get() + " was closed");
        }
        try {
            WorkspaceUtils.assertValidArray(array, "");
        } catch (ND4JWorkspaceException ended) {
            throw new IllegalArgumentException(
                    what.get() + " is in an ND4J workspace that was left since; give detach() of it", ended);
        }
    }

    /** Tells whether an array has this batch size, or any if that is 0, and samples of this shape. */
    public static boolean hasShape(INDArray array, long batch, long... sample) {
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

    /** Tells whether an array is in 'c' order without gaps. */
    public static boolean isContiguous(INDArray array) {
        long stride = 1;
        for (int axis = array.rank() - 1; axis >= 0; axis--) {
            if (array.size(axis) != 1 && array.stride()[axis] != stride) {
                return false;
            }
            stride *= array.size(axis);
        }
        return true;
    }

    /** {@code [batch, 1, 28, 28]}, with the batch as a number if it is fixed. */
    public static String describe(long batch, long... sample) {
        String sizes = Arrays.stream(sample).mapToObj(size -> ", " + size).collect(Collectors.joining());
        return "[" + (batch == 0 ? "batch" : String.valueOf(batch)) + sizes + "]";
    }
}
