package org.espalier.runtime.data;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Batches that a transform changes, in memory of their own. */
final class MappedBatches implements Batches {
    private final Batches source;
    private final Transform transform;
    private final long seed;

    MappedBatches(Batches source, Transform transform, long seed) {
        this.source = source;
        this.transform = transform;
        this.seed = seed;
    }

    @Override
    public int perEpoch() {
        return source.perEpoch();
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        Iterable<Batch> given = source.epoch(epoch);
        return () -> new Epoch(given.iterator(), epoch);
    }

    private final class Epoch implements Iterator<Batch>, AutoCloseable {
        private final Iterator<Batch> given;
        private final int epoch;
        private int number;
        private @Nullable Batch last;

        Epoch(Iterator<Batch> given, int epoch) {
            this.given = given;
            this.epoch = epoch;
        }

        @Override
        public boolean hasNext() {
            return given.hasNext();
        }

        @Override
        public Batch next() {
            // Copied first: the arrays may be those of the source, which shows them again in the next epoch.
            Batch copy = given.next().copyInto(last);
            last = copy;
            return transform.apply(copy, new EpochOrder(seed, epoch).ofBatch(number++));
        }

        @Override
        public void close() {
            Batches.close(given);
        }
    }
}
