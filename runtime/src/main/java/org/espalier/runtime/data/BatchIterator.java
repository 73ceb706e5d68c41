package org.espalier.runtime.data;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Cuts an order of examples into batches; a subclass fills them. */
abstract class BatchIterator implements Iterator<Batch> {
    private final int[] order;
    private final int batchSize;
    private int next;

    BatchIterator(int[] order, int batchSize) {
        this.order = order;
        this.batchSize = batchSize;
    }

    /** Number of batches that hold so many examples. */
    static int batches(int examples, int batchSize) {
        if (examples < 1) {
            throw new IllegalArgumentException("expected at least one example, found none");
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("expected a batch size of at least 1, found " + batchSize);
        }
        return (examples - 1) / batchSize + 1;
    }

    @Override
    public final boolean hasNext() {
        return next < order.length;
    }

    @Override
    public final Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch's " + order.length + " examples are used up");
        }
        int count = Math.min(batchSize, order.length - next);
        Batch batch = empty(count);
        for (int slot = 0; slot < count; slot++) {
            fill(batch, slot, order[next + slot]);
        }
        next += count;
        return batch;
    }

    /** A batch with room for so many examples; may be one that was used before. */
    abstract Batch empty(int count);

    /** Puts an example into a slot of the batch. */
    abstract void fill(Batch batch, int slot, int example);
}
