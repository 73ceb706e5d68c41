package org.espalier.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.storage.Shapes;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inputs and targets of one training step: one of each for most networks, several for those with several inputs or
 * losses.
 *
 * @param inputs {@code [batch, …]} each, at least one
 * @param targets {@code [batch, …]} each, what the network should answer to the examples
 */
public record Batch(List<INDArray> inputs, List<INDArray> targets) {
    /** Copies the lists, and checks that every array has as many examples. */
    public Batch {
        inputs = List.copyOf(inputs);
        targets = List.copyOf(targets);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("expected an input at least, found none");
        }
        long[] sizes = Stream.concat(inputs.stream(), targets.stream())
                .mapToLong(array -> array.size(0))
                .toArray();
        if (Arrays.stream(sizes).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    inputs.size() == 1 && targets.size() == 1
                            ? "expected a target for each input, found " + sizes[0] + " inputs and " + sizes[1]
                                    + " targets"
                            : "expected as many examples in every array of a batch, found " + Arrays.toString(sizes));
        }
    }

    /** One input and one target. */
    public Batch(INDArray input, INDArray target) {
        this(List.of(input), List.of(target));
    }

    /**
     * Returns the only input.
     *
     * @throws IllegalStateException if there are several
     */
    public INDArray input() {
        return only("input", inputs);
    }

    /**
     * Returns the only target.
     *
     * @throws IllegalStateException if there is none, or several
     */
    public INDArray target() {
        return only("target", targets);
    }

    private static INDArray only(String name, List<INDArray> arrays) {
        if (arrays.size() != 1) {
            throw new IllegalStateException("expected a batch with one " + name + ", found one with " + arrays.size()
                    + "; " + name + "(i) returns one of several");
        }
        return arrays.get(0);
    }

    /** Returns an input by its place. */
    public INDArray input(int place) {
        return inputs.get(place);
    }

    /** Returns a target by its place. */
    public INDArray target(int place) {
        return targets.get(place);
    }

    /** Number of examples. */
    public int size() {
        return Math.toIntExact(inputs.get(0).size(0));
    }

    /** A copy in arrays of its own, in no ND4J workspace. */
    public Batch copy() {
        return copyInto(null);
    }

    /** A copy in the arrays of a batch that is not needed any more, if they are open and fit, else in new ones. */
    Batch copyInto(@Nullable Batch used) {
        if (used != null && areLike(inputs, used.inputs) && areLike(targets, used.targets)) {
            copy(inputs, used.inputs);
            copy(targets, used.targets);
            return used;
        }
        return map(NdArrays::detachedCopy);
    }

    /** A batch of what a function makes of each array. */
    Batch map(UnaryOperator<INDArray> function) {
        return new Batch(
                inputs.stream().map(function).toList(),
                targets.stream().map(function).toList());
    }

    /** Tells whether arrays may be written to again: none is closed. */
    boolean isOpen() {
        return Stream.concat(inputs.stream(), targets.stream()).noneMatch(INDArray::wasClosed);
    }

    /** A batch of this one's examples, followed by those of another. */
    public Batch followedBy(Batch other) {
        return new Batch(joined(inputs, other.inputs), joined(targets, other.targets));
    }

    private static List<INDArray> joined(List<INDArray> arrays, List<INDArray> others) {
        return IntStream.range(0, arrays.size())
                .mapToObj(i -> NdArrays.detached(() -> Nd4j.concat(0, arrays.get(i), others.get(i))))
                .toList();
    }

    private static boolean areLike(List<INDArray> arrays, List<INDArray> used) {
        return arrays.size() == used.size()
                && IntStream.range(0, arrays.size()).allMatch(i -> isLike(arrays.get(i), used.get(i)));
    }

    private static boolean isLike(INDArray array, INDArray used) {
        return !used.wasClosed()
                && used.dataType() == array.dataType()
                && Arrays.equals(used.shape(), array.shape())
                && Shapes.isContiguous(used);
    }

    private static void copy(List<INDArray> from, List<INDArray> to) {
        for (int i = 0; i < to.size(); i++) {
            copy(from.get(i), to.get(i));
        }
    }

    private static void copy(INDArray from, INDArray to) {
        INDArray source = Shapes.isContiguous(from) ? from : NdArrays.detachedCopy(from);
        Pointer.memcpy(place(to, 0), place(source, 0), bytes(to));
    }

    /** An array without gaps for so many rows like those of another. */
    private static INDArray rows(INDArray like, int count) {
        long[] shape = like.shape().clone();
        shape[0] = count;
        return NdArrays.detached(like.dataType(), shape);
    }

    /** A batch with room for so many examples like this one's. */
    Batch rows(int count) {
        return map(array -> rows(array, count));
    }

    /** Copies an example into a row of a batch like this one, of arrays without gaps. */
    void copyExample(int example, Batch to, int row) {
        for (int i = 0; i < inputs.size(); i++) {
            copyRow(inputs.get(i), example, to.inputs.get(i), row);
        }
        for (int i = 0; i < targets.size(); i++) {
            copyRow(targets.get(i), example, to.targets.get(i), row);
        }
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
    static void requireNumbers(List<INDArray> inputs, List<INDArray> targets) {
        inputs.forEach(array -> requireRows("inputs", array));
        targets.forEach(array -> requireRows("targets", array));
        for (INDArray array : inputs) {
            DataType type = array.dataType();
            if (type != DataType.FLOAT && type != DataType.DOUBLE && type != DataType.INT32 && type != DataType.INT64) {
                throw new IllegalArgumentException("expected inputs of type FLOAT or DOUBLE, or INT or LONG of whole "
                        + "numbers, found " + type + "; castTo makes them so");
            }
        }
        // Class indices may be of any type of number.
        for (INDArray array : targets) {
            if (!array.dataType().isNumerical() && array.dataType() != DataType.BOOL) {
                throw new IllegalArgumentException("expected targets that are numbers, found " + array.dataType());
            }
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
