package org.espalier.runtime.kernel.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;

/** Memory that somebody else owns, as a buffer. */
public final class ForeignMemory extends BytePointer {
    private ForeignMemory(long address, long bytes) {
        this.address = address;
        this.limit = bytes;
        this.capacity = bytes;
    }

    /** The address of a float. */
    public static long at(long address, long element) {
        return address + element * Float.BYTES;
    }

    /** The bytes from an address on, at most 2 GiB of them. Nothing keeps them from being freed meanwhile. */
    public static ByteBuffer buffer(long address, long bytes) {
        return new ForeignMemory(address, bytes).asBuffer().order(ByteOrder.nativeOrder());
    }
}
