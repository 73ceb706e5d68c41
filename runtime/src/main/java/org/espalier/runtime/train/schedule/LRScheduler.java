package org.espalier.runtime.train.schedule;

import java.util.List;

/**
 * A learning rate that follows training, under PyTorch's names and with PyTorch's numbers. It is a function of how far
 * training is, so a run that goes on from a checkpoint has the same rates as one that was not stopped.
 *
 * <p>A step is an epoch or an update of the weights, as whoever uses the schedule counts them; a {@code Trainer} takes
 * either.
 */
@FunctionalInterface
public interface LRScheduler {
    /**
     * Computes a learning rate.
     *
     * @param base the learning rate without a schedule, of the network or of a group of parameters
     * @param steps how many steps are done, 0 at first
     */
    double lr(double base, long steps);

    /**
     * A warm-up in front of another schedule: the learning rate grows in a straight line, from a {@code steps}th of it
     * to all of it, and then the other begins.
     *
     * @param steps how long it takes
     * @throws IllegalArgumentException if {@code steps} is below 1
     */
    static LRScheduler warmUp(long steps, LRScheduler next) {
        Requirements.atLeastOne("steps", steps);
        return new SequentialLR(List.of(new LinearLR(1.0 / (double) steps, 1, steps), next), List.of(steps));
    }
}
