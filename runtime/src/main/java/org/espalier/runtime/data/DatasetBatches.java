package org.espalier.runtime.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Batches of a data set; PyTorch's {@code DataLoader}. */
public final class DatasetBatches implements Batches {
    private final Dataset dataset;
    private final int batchSize;
    private final OptionalLong seed;
    private final boolean dropsLast;
    private final int limit;

    DatasetBatches(Dataset dataset, int batchSize) {
        this(dataset, batchSize, OptionalLong.empty(), false, Integer.MAX_VALUE);
    }

    private DatasetBatches(Dataset dataset, int batchSize, OptionalLong seed, boolean dropsLast, int limit) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("expected a batch size of at least 1, found " + batchSize);
        }
        if (dropsLast && dataset.size() < batchSize) {
            throw new IllegalArgumentException("expected at least one whole batch of " + batchSize + ", found "
                    + dataset.size() + " examples; make batches smaller, or keep the last");
        }
        if (limit < 1) {
            throw new IllegalArgumentException("expected at least one batch in an epoch, found " + limit);
        }
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.seed = seed;
        this.dropsLast = dropsLast;
        this.limit = limit;
    }

    /** The same examples in an order that is new in every epoch, a function of the seed and the epoch alone. */
    public DatasetBatches shuffled(long seed) {
        return new DatasetBatches(dataset, batchSize, OptionalLong.of(seed), dropsLast, limit);
    }

    /**
     * The same without a last batch that is smaller than the others; in an order that is new in every epoch, other
     * examples are left out each time.
     *
     * @throws IllegalArgumentException if no batch would be left
     */
    public DatasetBatches dropLast() {
        return new DatasetBatches(dataset, batchSize, seed, true, limit);
    }

    /**
     * The same with so many batches in an epoch at most, the first ones; in an order that is new in every epoch, they
     * have other examples each time. Keras has {@code steps_per_epoch} for it.
     *
     * @throws IllegalArgumentException if that is below 1
     */
    public DatasetBatches limit(int batches) {
        return new DatasetBatches(dataset, batchSize, seed, dropsLast, batches);
    }

    @Override
    public int perEpoch() {
        return Math.min(limit, dropsLast ? dataset.size() / batchSize : (dataset.size() - 1) / batchSize + 1);
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        EpochOrder chance = new EpochOrder(seed.orElse(0), epoch);
        int[] order = seed.isPresent()
                ? chance.order(dataset.size())
                : IntStream.range(0, dataset.size()).toArray();
        // The last batch may be smaller.
        int count = (int) Math.min(order.length, (long) perEpoch() * batchSize);
        return () -> new Epoch(order, count);
    }

    private final class Epoch implements Iterator<Batch> {
        private final int[] order;
        private final int count;
        private int next;
        private @Nullable Batch last;

        Epoch(int[] order, int count) {
            this.order = order;
            this.count = count;
        }

        @Override
        public boolean hasNext() {
            return next < count;
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the epoch's " + count + " examples are used up");
            }
            Batch batch = empty(Math.min(batchSize, count - next));
            for (int slot = 0; slot < batch.size(); slot++) {
                dataset.read(order[next + slot], batch, slot);
            }
            next += batch.size();
            return batch;
        }

        /** The last batch, unless it is of another size, or its user closed one of its arrays. */
        private Batch empty(int size) {
            Batch batch = last;
            if (batch == null || batch.size() != size || !batch.isOpen()) {
                batch = dataset.empty(size);
                last = batch;
            }
            return batch;
        }
    }
}
