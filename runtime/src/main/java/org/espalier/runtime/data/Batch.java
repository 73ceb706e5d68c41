package org.espalier.runtime.data;

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

    /** Tells whether its user closed an array, so that it cannot hold the next batch. */
    boolean isClosed() {
        return input.wasClosed() || target.wasClosed();
    }

    /** Number of examples. */
    public int size() {
        return Math.toIntExact(input.size(0));
    }
}
