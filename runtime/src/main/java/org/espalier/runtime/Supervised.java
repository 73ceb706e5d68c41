package org.espalier.runtime;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network with one input, one output and a loss: what a training loop needs to know.
 *
 * <p>The result of {@link #forward} is overwritten by the next one; those of {@link #predict} belong to the caller. All
 * may be read as long as one has them.
 */
public interface Supervised {
    /**
     * Forward, loss, backward and update.
     *
     * @param input one batch
     * @param target what the output should be
     * @return the loss before the update, and what it is made of
     * @throws IllegalArgumentException if an array has the wrong type or shape, or the loss does not take its numbers
     * @throws org.espalier.runtime.optim.update.NonFiniteException if the loss or a gradient is infinite or NaN;
     *     weights, statistics and optimizer are as they were, and the next step begins a new gradient
     */
    StepReport trainStep(INDArray input, INDArray target);

    /**
     * The output in evaluation mode (no dropout, running statistics), as a copy.
     *
     * @throws IllegalArgumentException if the array has the wrong type or shape
     */
    INDArray predict(INDArray input);

    /**
     * The output in the network's present mode, as a copy that the next forward overwrites. The input is copied too:
     * what becomes of the array until the backward does not matter.
     *
     * @throws IllegalArgumentException if the array has the wrong type or shape
     */
    INDArray forward(INDArray input);

    /**
     * The data loss of the last forward.
     *
     * @throws IllegalArgumentException if the array has the wrong type or shape
     * @throws IllegalStateException without a forward before it
     */
    double loss(INDArray target);

    /**
     * Adds the gradient of the loss last computed to the parameters' gradients.
     *
     * @throws IllegalStateException without a loss before it
     * @throws org.espalier.runtime.optim.update.NonFiniteException if the loss is infinite or NaN
     */
    void backward();
}
