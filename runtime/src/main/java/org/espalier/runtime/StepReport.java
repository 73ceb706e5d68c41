package org.espalier.runtime;

import java.io.Serializable;
import java.util.List;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.optim.regularizer.LedgerEntry;

/**
 * Losses and penalties of a training step, as they were before it changed the weights.
 *
 * @param total the loss that training descends: {@code dataLoss} and every penalty
 * @param dataLoss the loss on the batch; if several batches were accumulated, the sum of theirs
 * @param losses what the data loss is made of, in the order written, if the network has several losses; else none; if
 *     several batches were accumulated, sums
 * @param ledger each term of each regularizer, in the order in which parameters use them, then those of activities
 *     only; if several batches were accumulated, an activity's penalty is the sum of theirs, as the data loss is
 */
public record StepReport(double total, double dataLoss, List<LossEntry> losses, List<LedgerEntry> ledger)
        implements Serializable {
    /** Copies the lists. */
    public StepReport {
        losses = List.copyOf(losses);
        ledger = List.copyOf(ledger);
    }

    /** Adds up a data loss and penalties. */
    public static StepReport of(double dataLoss, List<LedgerEntry> ledger) {
        return of(dataLoss, List.of(), ledger);
    }

    /** Adds up a data loss that several make up, and penalties. */
    public static StepReport of(double dataLoss, List<LossEntry> losses, List<LedgerEntry> ledger) {
        double total = dataLoss;
        for (LedgerEntry entry : ledger) {
            total += entry.value();
        }
        return new StepReport(total, dataLoss, losses, ledger);
    }

    /** Returns the sum of all penalties, which is added to the data loss. */
    public double penalty() {
        return total - dataLoss;
    }
}
