package org.espalier.runtime.train;

import java.util.Iterator;
import org.espalier.runtime.data.Batch;
import org.jspecify.annotations.Nullable;

/** The batches of an epoch, the next of which can be looked at before it is taken. */
final class EpochBatches {
    private final Iterator<Batch> batches;
    private @Nullable Batch next;

    EpochBatches(Iterable<Batch> epoch) {
        this.batches = epoch.iterator();
    }

    /** The next one, or null at the end. It is overwritten by the one after it. */
    @Nullable
    Batch peek() {
        if (next == null && batches.hasNext()) {
            next = batches.next();
        }
        return next;
    }

    /** Takes what {@link #peek} gave. */
    void take() {
        next = null;
    }
}
