package org.espalier.runtime.data;

import java.util.Iterator;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The examples of a training run, batch by batch.
 *
 * <pre>
 *   Batches training = Dataset.of(images, labels).batches(64).shuffled(42)
 *           .map(Augmentation.none().withCrop(4).withFlips(), 42)
 *           .prefetch(2);
 * </pre>
 */
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
     * @param inputs {@code [examples, …]}, float or double, or int or long
     * @param targets {@code [examples, …]} of any type of number; class indices are {@code [examples]}
     * @param batchSize examples in a batch
     * @param seed of the order
     * @throws IllegalArgumentException if there is not a target for each input, or no example, or a batch size below 1,
     *     or inputs are neither float nor double, nor int nor long
     */
    static Batches of(INDArray inputs, INDArray targets, int batchSize, long seed) {
        return Dataset.of(inputs, targets).batches(batchSize).shuffled(seed);
    }

    /**
     * Batches of a stream, which is opened for each epoch and closed at its end. It must have as many batches in every
     * epoch.
     *
     * @param perEpoch number of batches
     * @param epochs the stream of an epoch, counted from 1
     * @throws IllegalArgumentException if {@code perEpoch} is below 1
     */
    static Batches of(int perEpoch, IntFunction<Stream<Batch>> epochs) {
        return new StreamedBatches(perEpoch, epochs);
    }

    /**
     * Pairs the inputs of one source with the inputs of another, each in its own order: the <em>unaligned</em> data of
     * CycleGAN (Zhu et al., arXiv:1703.10593). An epoch is as long as that of the longer; the shorter one begins again,
     * in the order of its next epoch.
     *
     * @param first whose inputs become inputs
     * @param second whose inputs become targets
     * @throws IllegalArgumentException from an epoch, if two batches that meet differ in size
     */
    static Batches unaligned(Batches first, Batches second) {
        return new UnalignedBatches(first, second);
    }

    /**
     * Changes every batch, with random numbers that depend on the seed, the epoch and the batch's number alone. The
     * source's arrays stay as they are.
     */
    default Batches map(Transform transform, long seed) {
        return new MappedBatches(this, transform, seed);
    }

    /** Changes every batch by a function, which may write to its arrays. The source's arrays stay as they are. */
    default Batches map(UnaryOperator<Batch> function) {
        return new MappedBatches(this, (batch, random) -> function.apply(batch), 0);
    }

    /**
     * Reads ahead on a thread of its own: the same batches in the same order. An exception there arrives where the
     * batch would have been taken.
     *
     * @param batches how many wait ready at most
     * @throws IllegalArgumentException if that is below 1
     */
    default PrefetchedBatches prefetch(int batches) {
        return new PrefetchedBatches(this, batches);
    }

    /** Closes what an iterator of batches has open, a stream or a thread, if anything. */
    static void close(Iterator<Batch> epoch) {
        if (epoch instanceof AutoCloseable open) {
            try {
                open.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("the batches could not be closed: " + e, e);
            }
        }
    }
}
