package org.espalier.runtime.data;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Inputs of two sources, side by side. */
final class UnalignedBatches implements Batches {
    private final Batches first;
    private final Batches second;

    UnalignedBatches(Batches first, Batches second) {
        this.first = first;
        this.second = second;
    }

    @Override
    public int perEpoch() {
        return Math.max(first.perEpoch(), second.perEpoch());
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        EpochOrder.requireEpoch(epoch);
        return () -> new Epoch(new Rounds(first, epoch), new Rounds(second, epoch));
    }

    /** The batches of a source in as many of its epochs as one of both takes. */
    private final class Rounds implements AutoCloseable {
        private final Batches source;
        private int epoch;
        private Iterator<Batch> batches;

        Rounds(Batches source, int epoch) {
            int rounds = (perEpoch() - 1) / source.perEpoch() + 1;
            this.source = source;
            this.epoch = Math.multiplyExact(epoch - 1, rounds) + 1;
            this.batches = source.epoch(this.epoch).iterator();
        }

        Batch next() {
            if (!batches.hasNext()) {
                Batches.close(batches);
                epoch++;
                batches = source.epoch(epoch).iterator();
            }
            return batches.next();
        }

        @Override
        public void close() {
            Batches.close(batches);
        }
    }

    private final class Epoch implements Iterator<Batch>, AutoCloseable {
        private final Rounds inputs;
        private final Rounds targets;
        private int taken;

        Epoch(Rounds inputs, Rounds targets) {
            this.inputs = inputs;
            this.targets = targets;
        }

        @Override
        public boolean hasNext() {
            return taken < perEpoch();
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the epoch's " + taken + " batches are used up");
            }
            taken++;
            Batch input = inputs.next();
            Batch target = targets.next();
            if (input.size() != target.size()) {
                throw new IllegalArgumentException("expected unaligned batches of one size, found batch " + taken
                        + " of " + input.size() + " and of " + target.size() + "; dropLast makes all batches equal");
            }
            return new Batch(input.input(), target.input());
        }

        @Override
        public void close() {
            inputs.close();
            targets.close();
        }
    }
}
