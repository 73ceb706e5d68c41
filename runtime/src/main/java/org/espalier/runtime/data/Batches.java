package org.espalier.runtime.data;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of a training run, batch by batch. */
public interface Batches {
    /** Number of batches in one epoch; the last one may be smaller than the others. */
    int perEpoch();

    /**
     * Every example once, in the order of this epoch. The same epoch of the same source gives the same numbers, bit for
     * bit, each time it is asked for.
     *
     * <p>A batch's arrays are overwritten by the next batch of the same iterator.
     *
     * @param epoch counted from 1
     */
    Iterable<Batch> epoch(int epoch);

    /**
     * Examples held in two arrays, in an order that is new in every epoch.
     *
     * @param inputs {@code [examples, …]}, float or double
     * @param targets {@code [examples, …]} of any type of number; class indices are {@code [examples]}
     * @param batchSize examples in a batch
     * @param seed of the order
     * @throws IllegalArgumentException if there is not a target for each input, or no example, or a batch size below 1,
     *     or inputs are neither float nor double
     */
    static Batches of(INDArray inputs, INDArray targets, int batchSize, long seed) {
        return new ArrayBatches(inputs, targets, batchSize, seed);
    }
}
