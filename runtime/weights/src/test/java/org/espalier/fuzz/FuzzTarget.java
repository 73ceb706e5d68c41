package org.espalier.fuzz;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;

/**
 * A reader of bytes that may come from anybody. It answers every input, by reading it or by one of the exceptions that
 * its documentation names, in less than {@link #SECONDS} and in memory that the input accounts for.
 *
 * @param name folder of its inputs
 * @param seeds whole files to begin with
 * @param fixedBytes of heap that any input may take
 * @param bytesPerByte of heap that an input may take besides for each of its bytes
 * @param damaged inputs damaged at random that the ordinary build tries, for which it has a tenth of a second
 * @param reader reads one input
 */
public record FuzzTarget(
        String name, Supplier<List<byte[]>> seeds, long fixedBytes, long bytesPerByte, int damaged, Reader reader) {
    /** Longest time for an answer. */
    public static final int SECONDS = 10;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Reads the bytes of one input. */
    public interface Reader {
        /** Returns if the input was read or refused as documented; throws whatever else was thrown. */
        void read(byte[] input) throws Exception;
    }

    /** With 64 MiB for any input, and what compression can make of each byte. */
    public FuzzTarget(String name, Supplier<List<byte[]>> seeds, Reader reader) {
        this(name, seeds, 64L << 20, 4_096, 500, reader);
    }

    /** Reads an input on this thread. */
    public void check(byte[] input) throws Exception {
        long most = fixedBytes + bytesPerByte * input.length;
        long taken = heap(input);
        // The first reading may have loaded classes.
        if (taken > most && heap(input) > most) {
            throw new AssertionError(name + " took " + taken + " bytes of heap for an input of " + input.length
                    + ", which accounts for at most " + most);
        }
    }

    private long heap(byte[] input) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        reader.read(input.clone());
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
