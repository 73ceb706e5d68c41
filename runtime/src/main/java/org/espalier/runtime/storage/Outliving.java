package org.espalier.runtime.storage;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.buffer.DataBuffer;

/**
 * Memory that outlives its network, because arrays that lie in it were given out and may still be in use. It is freed
 * when the garbage collector finds that none of them can be reached any more.
 *
 * <p>The collector does not see how much memory hangs on these few small objects, and would let it grow for long. So it
 * is called when much of it is there and more is asked for.
 */
public final class Outliving {
    /** Bytes that are let be: a collection frees so many sooner than a network of that size is made. */
    private static final long UNNOTICED = 128L << 20;

    /** Milliseconds that the thread that frees memory gets for the next piece. */
    private static final int MOST_WAITS = 1_000;

    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicLong BYTES = new AtomicLong();
    private static volatile long limit = UNNOTICED;

    private Outliving() {}

    /**
     * Frees memory when it can no longer be reached.
     *
     * @param shared what all arrays that were given out keep reachable
     * @param bytes how much it is
     * @param free frees it; must not refer to {@code shared}
     */
    static void add(DataBuffer shared, long bytes, Runnable free) {
        BYTES.addAndGet(bytes);
        CLEANER.register(shared, () -> {
            free.run();
            BYTES.addAndGet(-bytes);
        });
    }

    /** Calls the garbage collector if there is much; before memory is allocated. */
    static void collectIfMuch() {
        if (BYTES.get() > limit) {
            collect();
        } else if (BYTES.get() <= UNNOTICED) {
            limit = UNNOTICED;
        }
    }

    private static synchronized void collect() {
        if (BYTES.get() <= limit) {
            return;
        }
        System.gc();
        // The collector only says what is unreachable; another thread frees it, and has as long as it gets on. It is
        // waited for beyond what is let be, or what it was about to free would count as in use, and double the limit.
        for (int waits = 0; waits < MOST_WAITS && BYTES.get() > UNNOTICED / 2; waits++) {
            long before = BYTES.get();
            try {
                Thread.sleep(1);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                break;
            }
            if (BYTES.get() < before) {
                waits = 0;
            }
        }
        // What is left is in use, so the next collection is not worth its time before as much has come on top.
        limit = Math.max(UNNOTICED, 2 * BYTES.get());
    }

    /** Returns the size of all such memory in bytes. */
    public static long bytes() {
        return BYTES.get();
    }
}
