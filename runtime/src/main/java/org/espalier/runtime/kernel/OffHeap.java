package org.espalier.runtime.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;

/** Memory that somebody else owns, as a buffer. */
final class OffHeap extends BytePointer {
    private OffHeap(long address, long bytes) {
        this.address = address;
        this.limit = bytes;
        this.capacity = bytes;
    }

    /** The bytes from an address on, at most 2 GiB of them. Nothing keeps them from being freed meanwhile. */
    static ByteBuffer buffer(long address, long bytes) {
        return new OffHeap(address, bytes).asBuffer().order(ByteOrder.nativeOrder());
    }
}
