package org.espalier.runtime.train;

import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batch;

/** Makes steps of batches: one of each, or one of several whose gradients are accumulated. */
final class Steps {
    private final Trainer plan;
    private int batches;
    private int taken;
    private int examples;
    private boolean small;

    Steps(Trainer plan) {
        this.plan = plan;
    }

    /** Number of examples of the last step. */
    int examples() {
        return examples;
    }

    /** Makes the next step, of at least one batch. */
    StepReport next(EpochBatches rest) {
        batches = 0;
        taken = 0;
        examples = 0;
        if (plan.accumulated > 1 && plan.learner instanceof SoleLearner learner) {
            while (batches < plan.accumulated && rest.peek() != null) {
                learner.accumulate(take(rest));
                done(rest);
            }
            return learner.update(plan.accumulation == Trainer.Accumulation.MEAN ? 1.0 / batches : 1);
        }
        StepReport step = plan.learner.step(take(rest));
        done(rest);
        return step;
    }

    private Batch take(EpochBatches rest) {
        Batch batch = rest.peek();
        if (batch == null) {
            throw new IllegalStateException("the epoch has no more batches");
        }
        small = batch.size() < rest.usualSize();
        batches++;
        examples += batch.size();
        return batch;
    }

    /** Advice after a failure, if the batch that failed was a small last one. */
    String advice() {
        return small
                ? ". The batch has fewer examples than the others: lastBatch(LastBatch.DROP) leaves it out,"
                        + " LastBatch.MERGE joins it to the one before"
                : "";
    }

    private void done(EpochBatches rest) {
        small = false;
        rest.take();
        taken++;
    }

    /** Takes what is left of the batches of a step that failed. */
    void passOver(EpochBatches rest) {
        while (taken < plan.accumulated && rest.peek() != null) {
            done(rest);
        }
    }
}
