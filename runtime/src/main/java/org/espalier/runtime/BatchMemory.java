package org.espalier.runtime;

import java.util.function.Consumer;
import org.espalier.runtime.storage.OffHeap;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The memory of activations, and of their gradients unless only forward ever runs; allocated at the first forward and
 * again only for a larger batch.
 */
final class BatchMemory {
    private final DataType type;
    private final boolean forwardAlone;
    private @Nullable OffHeap memory;
    private long perSample;
    private long fixed;
    private long batch;

    /**
     * None yet.
     *
     * @param forwardAlone whether nothing but forward ever runs in it
     */
    BatchMemory(DataType type, boolean forwardAlone) {
        this.type = type;
        this.forwardAlone = forwardAlone;
    }

    /** The batch size whose arrays were last taken; 0 if there are none. */
    long batch() {
        return batch;
    }

    /**
     * Sets how large it is.
     *
     * @param newPerSample elements for each sample
     * @param newFixed elements besides
     */
    void size(long newPerSample, long newFixed) {
        perSample = newPerSample;
        fixed = newFixed;
    }

    /**
     * Has memory for a batch size.
     *
     * @param allocate takes the arrays
     */
    void resize(long newBatch, Consumer<Memory> allocate) {
        // Unknown until everything below has worked.
        batch = 0;
        long needed = Math.addExact(Math.multiplyExact(perSample, newBatch), fixed);
        OffHeap held = memory;
        if (held == null || held.length() < needed) {
            memory = null;
            if (held != null) {
                held.free();
            }
            held = OffHeap.allocate(type, needed);
            memory = held;
        }
        Memory arrays = new Memory(held, newBatch, perSample, forwardAlone);
        allocate.accept(arrays);
        arrays.requireTaken();
        batch = newBatch;
    }

    /** Its size in bytes. */
    long bytes() {
        return memory == null ? 0 : memory.bytes();
    }

    void free() {
        if (memory != null) {
            memory.free();
        }
    }
}
