package org.espalier.runtime.train;

import java.util.Iterator;
import org.espalier.runtime.data.Batch;
import org.jspecify.annotations.Nullable;

/**
 * The batches of an epoch, the next of which can be looked at before it is taken. A last batch that has fewer examples
 * than the first is kept, left out or merged with the one before it, see {@link LastBatch}.
 */
final class EpochBatches {
    private final Iterator<Batch> batches;
    private final int perEpoch;
    private final LastBatch last;
    private @Nullable Batch next;
    /** Read ahead of its turn. */
    private @Nullable Batch later;

    private int read;
    private int taken;
    private int usual;

    EpochBatches(Iterable<Batch> epoch, int perEpoch, LastBatch last) {
        this.batches = epoch.iterator();
        this.perEpoch = perEpoch;
        this.last = last;
    }

    /** The next one, or null at the end. It is overwritten by the one after it. */
    @Nullable
    Batch peek() {
        if (next == null) {
            next = prepared();
        }
        return next;
    }

    private @Nullable Batch prepared() {
        Batch batch = later == null ? read() : later;
        later = null;
        if (batch == null || read < perEpoch - 1 || last == LastBatch.KEEP) {
            return batch;
        }
        if (read == perEpoch && last == LastBatch.DROP && batch.size() < usual) {
            return null;
        }
        if (read == perEpoch - 1 && last == LastBatch.MERGE) {
            Batch copy = batch.copy();
            Batch end = read();
            if (end != null && end.size() < usual) {
                return copy.followedBy(end);
            }
            later = end;
            return copy;
        }
        return batch;
    }

    private @Nullable Batch read() {
        if (!batches.hasNext()) {
            return null;
        }
        Batch batch = batches.next();
        if (read == 0) {
            usual = batch.size();
        }
        read++;
        return batch;
    }

    /** Takes what {@link #peek} gave. */
    void take() {
        next = null;
        taken = later == null ? read : read - 1;
    }

    /** Number of batches of the data that were taken: a merged one is two. */
    int taken() {
        return taken;
    }

    /**
     * Passes over batches of the data, as they are.
     *
     * @return how many there were
     */
    int skip(int count) {
        while (taken < count && read() != null) {
            taken = read;
        }
        return taken;
    }

    /** Number of examples of the first batch, 0 before it was read. */
    int usualSize() {
        return usual;
    }
}
