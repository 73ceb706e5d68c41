package org.espalier.runtime.train;

import java.util.Map;
import org.espalier.runtime.StepReport;

/**
 * Is told how a training run goes on, and may keep something from one call to the next: what {@link #state} returns is
 * in the trainer's checkpoint.
 */
public interface Callback {
    /**
     * Is told of a step.
     *
     * @param epoch counted from 1
     * @param batch how many batches of the epoch are done
     * @param step its report
     */
    default void onStep(int epoch, int batch, StepReport step) {}

    /** Is told of an epoch, whose ledger and weights are written by then; the checkpoint is written afterwards. */
    default void onEpoch(EpochReport report) {}

    /** Returns what it needs to go on after a checkpoint. */
    default Map<String, String> state() {
        return Map.of();
    }

    /** Goes on from what {@link #state} returned. */
    default void resume(Map<String, String> state) {}
}
