package org.espalier.runtime.data;

import java.util.random.RandomGenerator;

/** A change to batches, such as an augmentation, that may draw random numbers. */
@FunctionalInterface
public interface Transform {
    /**
     * Changes a batch in place, or makes another of it.
     *
     * @param batch is its own: nobody else has these arrays
     * @param random of this batch alone, so that the result depends on the seed, the epoch and the batch's number
     * @return the batch, or another
     */
    Batch apply(Batch batch, RandomGenerator random);
}
