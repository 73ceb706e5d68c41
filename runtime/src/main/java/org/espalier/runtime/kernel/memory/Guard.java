package org.espalier.runtime.kernel.memory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use a network. A thread that comes meanwhile is refused rather than kept waiting, since two
 * that share a network get nothing done sooner. The thread that is inside may enter again.
 *
 * <p>Entering and leaving take a few nanoseconds. What a thread did before it left is seen by the next that enters.
 */
public final class Guard {
    /** Seconds that closing waits. */
    private static final int PATIENCE = 10;

    private final String name;
    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> ending = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;

    /** Nesting depth of the entries of the thread that is inside. */
    private int depth;

    /** Of what messages call by this name. */
    public Guard(String name) {
        this.name = name;
    }

    /**
     * Enters; {@link #leave} must follow, whatever happens in between.
     *
     * @throws IllegalStateException if another thread is inside, or it is closed
     */
    public void enter() {
        Thread thread = Thread.currentThread();
        if (inside.get() == thread) {
            depth++;
            return;
        }
        if (!inside.compareAndSet(null, thread)) {
            enterAfter(thread);
        }
        depth = 1;
        if (closed) {
            leave();
            throw isClosed();
        }
    }

    private IllegalStateException isClosed() {
        return new IllegalStateException(name + " is closed");
    }

    /** A thread may end without having left, if its stack overflowed on the way out. */
    private void enterAfter(Thread thread) {
        Thread other;
        do {
            if (closed) {
                throw isClosed();
            }
            other = inside.get();
            if (other != null && other.isAlive()) {
                throw new IllegalStateException(name + " is being used by thread '" + other.getName()
                        + "', so thread '" + thread.getName() + "' cannot use it now; a network serves one thread at a"
                        + " time, so give each thread its own");
            }
        } while (!inside.compareAndSet(other, thread));
    }

    /** Does something inside. */
    public <T extends @Nullable Object> T use(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } finally {
            leave();
        }
    }

    /** Does something inside, if there is a guard. */
    public static <T extends @Nullable Object> T inside(@Nullable Guard guard, Supplier<T> work) {
        return guard == null ? work.get() : guard.use(work);
    }

    /** Leaves. */
    public void leave() {
        depth--;
        if (depth == 0) {
            inside.set(null);
            // Read after that was written, and written before that is read: one of the two sees the other.
            if (closed) {
                end();
            }
        }
    }

    /**
     * Lets nobody in from now on, and runs {@code last}, of the first call alone, once nobody is inside: at once, or
     * when the thread that is inside leaves, on that thread. This waits for it, but not for ever: what that thread does
     * may itself wait for this one.
     */
    public void close(Runnable last) {
        ending.compareAndSet(null, last);
        closed = true;
        end();
        if (inside.get() != Thread.currentThread()) {
            awaitEnd();
        }
    }

    private void end() {
        Thread other = inside.get();
        if ((other == null || !other.isAlive()) && inside.compareAndSet(other, Thread.currentThread())) {
            try {
                Runnable last = ending.getAndSet(Guard::nothing);
                if (last != null) {
                    last.run();
                }
            } finally {
                inside.set(null);
                ended.countDown();
            }
        }
    }

    private static void nothing() {}

    private void awaitEnd() {
        try {
            boolean inTime = ended.await(PATIENCE, TimeUnit.SECONDS);
            assert inTime || inside.get() != null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
