package org.espalier.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Examples by number, each an input and a target, as PyTorch's map-style {@code Dataset} has them. They are read when
 * they are asked for, so that those of a file or a folder need not fit into memory.
 *
 * <pre>
 *   Dataset digits = Dataset.of(images, labels);
 *   List&lt;Dataset&gt; parts = digits.splitByClass(42, 0.8, 0.2);
 *   Batches training = parts.get(0).batches(64).shuffled(42).dropLast();
 * </pre>
 */
public interface Dataset {
    /** Number of examples. */
    int size();

    /** Arrays with room for so many examples, without gaps and in no ND4J workspace. */
    Batch empty(int count);

    /**
     * Reads an example.
     *
     * @param example counted from 0
     * @param batch what {@link #empty} gave
     * @param slot which row of the batch it goes to
     */
    void read(int example, Batch batch, int slot);

    /**
     * Examples held in two arrays, which are copied.
     *
     * @param inputs {@code [examples, …]}, float or double, or int or long
     * @param targets {@code [examples, …]} of any type of number; class indices are {@code [examples]}
     * @throws IllegalArgumentException if there is not a target for each input, no example, or another type
     */
    static Dataset of(INDArray inputs, INDArray targets) {
        return of(List.of(inputs), List.of(targets));
    }

    /**
     * Examples held in several arrays, which are copied: for a network with several inputs or targets, in their order.
     *
     * @param inputs at least one, {@code [examples, …]}, float or double, or int or long
     * @param targets {@code [examples, …]} of any type of number
     * @throws IllegalArgumentException if they have not as many examples each, there is no example, or another type
     */
    static Dataset of(List<INDArray> inputs, List<INDArray> targets) {
        return new ArrayDataset(inputs, targets);
    }

    /**
     * Examples that a function makes or reads, each as a batch of one. They must have the shapes and types of the
     * first.
     *
     * @param size number of examples
     * @param example of each number from 0; called by one thread at a time, which may be that of
     *     {@link Batches#prefetch}
     * @throws IllegalArgumentException if {@code size} is below 1
     */
    static Dataset of(int size, IntFunction<Batch> example) {
        return new FunctionDataset(size, example);
    }

    /**
     * Cuts the examples into batches, in their order unless {@link DatasetBatches#shuffled} says otherwise. The last
     * one is smaller if they do not divide, unless {@link DatasetBatches#dropLast} says otherwise.
     *
     * @throws IllegalArgumentException for a batch size below 1
     */
    default DatasetBatches batches(int batchSize) {
        return new DatasetBatches(this, batchSize);
    }

    /**
     * Some of the examples, in this order.
     *
     * @throws IllegalArgumentException if there is none, or one that is not there
     */
    default Dataset select(int... examples) {
        return new Split.Subset(this, examples);
    }

    /**
     * Cuts the examples, in an order of the seed's, into parts, as PyTorch's {@code random_split} does. Sizes are
     * rounded so that every example is in one part.
     *
     * @param shares of each part, positive, 1 in all
     * @throws IllegalArgumentException if they are not, or a part would be empty
     */
    default List<Dataset> split(long seed, double... shares) {
        return Split.of(this, List.of(IntStream.range(0, size()).toArray()), seed, shares);
    }

    /**
     * Cuts the examples as {@link #split} does, each class for itself: every part has the classes in the same
     * proportions, as far as whole examples allow. Targets are read once for that.
     *
     * @param shares of each part, positive, 1 in all
     * @throws IllegalArgumentException if they are not, a part would be empty, or targets are not one number each
     */
    default List<Dataset> splitByClass(long seed, double... shares) {
        return Split.of(this, Split.byClass(this), seed, shares);
    }

    /** Returns all examples as one batch, in memory. */
    default Batch all() {
        Batch all = empty(size());
        for (int example = 0; example < size(); example++) {
            read(example, all, example);
        }
        return all;
    }

    /** Returns the shape of an example's input, without the batch. */
    default long[] inputShape() {
        long[] shape = empty(1).input().shape();
        return Arrays.copyOfRange(shape, 1, shape.length);
    }
}
