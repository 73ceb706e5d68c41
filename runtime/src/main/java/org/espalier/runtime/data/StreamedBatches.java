package org.espalier.runtime.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Batches of a stream for each epoch. */
final class StreamedBatches implements Batches {
    private final int perEpoch;
    private final IntFunction<Stream<Batch>> epochs;

    StreamedBatches(int perEpoch, IntFunction<Stream<Batch>> epochs) {
        if (perEpoch < 1) {
            throw new IllegalArgumentException("expected at least one batch in an epoch, found " + perEpoch);
        }
        this.perEpoch = perEpoch;
        this.epochs = epochs;
    }

    @Override
    public int perEpoch() {
        return perEpoch;
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        EpochOrder.requireEpoch(epoch);
        return () -> new Epoch(epochs.apply(epoch), epoch);
    }

    private final class Epoch implements Iterator<Batch>, AutoCloseable {
        private final Stream<Batch> stream;
        private final Iterator<Batch> batches;
        private final int epoch;
        private int taken;

        Epoch(Stream<Batch> stream, int epoch) {
            this.stream = stream;
            this.epoch = epoch;
            try {
                this.batches = stream.iterator();
            } catch (IllegalStateException used) {
                throw new IllegalStateException(
                        "expected a new stream for epoch " + epoch + ", found one that was used before; make it within"
                                + " the function that is given the epoch",
                        used);
            }
        }

        @Override
        public boolean hasNext() {
            boolean more = batches.hasNext();
            if (more != taken < perEpoch) {
                stream.close();
                throw new IllegalStateException("expected a stream of " + perEpoch + " batches for epoch " + epoch
                        + ", found " + (more ? "more" : "only " + taken));
            }
            if (!more) {
                stream.close();
            }
            return more;
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the epoch's " + perEpoch + " batches are used up");
            }
            taken++;
            return batches.next();
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
