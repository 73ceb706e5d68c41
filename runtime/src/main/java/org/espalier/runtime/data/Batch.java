package org.espalier.runtime.data;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.storage.Shapes;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Inputs and targets of one training step.
 *
 * @param input {@code [batch, …]}
 * @param target {@code [batch, …]}, what the network should answer to each input
 */
public record Batch(INDArray input, INDArray target) {
    /** Checks that there is a target for each input. */
    public Batch {
        if (input.size(0) != target.size(0)) {
            throw new IllegalArgumentException("expected a target for each input, found " + input.size(0)
                    + " inputs and " + target.size(0) + " targets");
        }
    }

    /** Number of examples. */
    public int size() {
        return Math.toIntExact(input.size(0));
    }

    /** A copy in arrays of its own, in no ND4J workspace. */
    public Batch copy() {
        return copyInto(null);
    }

    /** A copy in the arrays of a batch that is not needed any more, if they are open and fit, else in new ones. */
    Batch copyInto(@Nullable Batch used) {
        if (used != null && isLike(input, used.input) && isLike(target, used.target)) {
            copy(input, used.input);
            copy(target, used.target);
            return used;
        }
        return new Batch(NdArrays.detachedCopy(input), NdArrays.detachedCopy(target));
    }

    private static boolean isLike(INDArray array, INDArray used) {
        return !used.wasClosed()
                && used.dataType() == array.dataType()
                && Arrays.equals(used.shape(), array.shape())
                && Shapes.isContiguous(used);
    }

    private static void copy(INDArray from, INDArray to) {
        INDArray source = Shapes.isContiguous(from) ? from : NdArrays.detachedCopy(from);
        Pointer.memcpy(place(to, 0), place(source, 0), bytes(to));
    }

    /** An array without gaps for so many rows like those of another. */
    static INDArray rows(INDArray like, int count) {
        long[] shape = like.shape().clone();
        shape[0] = count;
        return NdArrays.detached(like.dataType(), shape);
    }

    /** Copies a row between arrays without gaps. */
    static void copyRow(INDArray from, long fromRow, INDArray to, long toRow) {
        long row = bytes(from) / from.size(0);
        Pointer.memcpy(place(to, toRow * row), place(from, fromRow * row), row);
    }

    /** The memory of an array without gaps, from a byte of it on. */
    static Pointer place(INDArray array, long start) {
        return new BytePointer(array.data().pointer())
                .getPointer(array.offset() * array.dataType().width() + start);
    }

    private static long bytes(INDArray array) {
        return array.length() * array.dataType().width();
    }

    /**
     * Requires that arrays are what networks take.
     *
     * @throws IllegalArgumentException if not, or if one is closed
     */
    static void requireNumbers(INDArray inputs, INDArray targets) {
        requireRows("inputs", inputs);
        requireRows("targets", targets);
        DataType type = inputs.dataType();
        if (type != DataType.FLOAT && type != DataType.DOUBLE && type != DataType.INT32 && type != DataType.INT64) {
            throw new IllegalArgumentException("expected inputs of type FLOAT or DOUBLE, or INT or LONG of whole "
                    + "numbers, found " + type + "; castTo makes them so");
        }
        // Class indices may be of any type of number.
        if (!targets.dataType().isNumerical() && targets.dataType() != DataType.BOOL) {
            throw new IllegalArgumentException("expected targets that are numbers, found " + targets.dataType());
        }
    }

    private static void requireRows(String name, INDArray array) {
        if (array.wasClosed()) {
            throw new IllegalArgumentException("expected " + name + " [examples, …], found an array that was closed");
        }
        if (array.rank() == 0) {
            throw new IllegalArgumentException("expected " + name + " [examples, …], found a single number");
        }
    }
}
