package org.espalier.runtime.kernel;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Scratch memory of a network's kernels, outside the Java heap: it grows to the most that one of them asked for and
 * stays so until closed. One network, one workspace: kernels that share one must not run at the same time.
 */
public final class Workspace implements AutoCloseable {
    private @Nullable FloatPointer memory;
    private long capacity;

    /** An empty workspace. */
    public Workspace() {}

    /** What it holds now. */
    public long bytes() {
        return capacity * Float.BYTES;
    }

    /** The address of at least so many floats. What was in the workspace before is lost. */
    long floats(long count) {
        FloatPointer held = memory;
        if (held == null || count > capacity) {
            close();
            held = new FloatPointer(count);
            memory = held;
            capacity = count;
        }
        return held.address();
    }

    /** Frees the memory. A kernel that is given the workspace afterwards makes it grow again. */
    @Override
    public void close() {
        Pointer held = memory;
        if (held != null) {
            held.deallocate();
            memory = null;
            capacity = 0;
        }
    }
}
