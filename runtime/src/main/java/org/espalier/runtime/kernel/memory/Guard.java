package org.espalier.runtime.kernel.memory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use a network. A thread that comes meanwhile is refused rather than kept waiting, since two
 * that share a network get nothing done sooner. The thread that is inside may enter again.
 *
 * <p>Networks may share the weights of another, each with a guard of its own. Then a thread that is inside of one of
 * them reads the weights, and one that is inside of their owner changes them, unless it {@link #enterToRead}. Readers
 * wait for the one who changes, and that one for them: a call sees weights as they are before another or after it.
 *
 * <p>Entering and leaving take a few nanoseconds. What a thread did before it left is seen by the next that enters.
 */
public final class Guard {
    /** Seconds that closing waits. */
    private static final int PATIENCE = 10;

    /** Permits of one who changes weights; a reader needs one of them. */
    private static final int ALL = Integer.MAX_VALUE;

    private final String name;

    /** The guard of the weights, if they are another network's. */
    private final @Nullable Guard owner;

    /** Permits to use the weights, from the first time that they are shared. They may be given back by any thread. */
    private volatile @Nullable Semaphore permits;

    /** Number of permits that the thread has that is inside. */
    private int held;

    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> ending = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;

    /** Nesting depth of the entries of the thread that is inside. */
    private int depth;

    /** Of what messages call by this name. */
    public Guard(String name) {
        this(name, null);
    }

    private Guard(String name, @Nullable Guard owner) {
        this.name = name;
        this.owner = owner;
    }

    /**
     * A guard for a network that shares the weights of this one's, or of those that this one's network shares.
     *
     * @throws IllegalStateException if it is closed, or shared for the first time while another thread is inside
     */
    public Guard sharing() {
        Guard weights = owner == null ? this : owner;
        synchronized (weights) {
            if (weights.permits == null) {
                weights.use(() -> {
                    // This thread has them all until it leaves.
                    weights.held = ALL;
                    weights.permits = new Semaphore(0, true);
                    return weights;
                });
            }
        }
        Guard shared = new Guard(name, weights);
        shared.use(() -> shared);
        return shared;
    }

    /**
     * Enters; {@link #leave} must follow, whatever happens in between.
     *
     * @throws IllegalStateException if another thread is inside, or it is closed
     */
    public void enter() {
        enter(owner == null ? ALL : 1);
    }

    /**
     * Enters to read the weights and not to change them; {@link #leave} must follow.
     *
     * @throws IllegalStateException if another thread is inside, or it is closed
     */
    public void enterToRead() {
        enter(1);
    }

    private void enter(int needed) {
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
        take(needed);
    }

    private void take(int needed) {
        Guard weights = owner == null ? this : owner;
        Semaphore shared = weights.permits;
        // A thread that is inside of the owner has all permits already.
        if (shared == null || (owner != null && weights.inside.get() == Thread.currentThread())) {
            return;
        }
        shared.acquireUninterruptibly(needed);
        held = needed;
        if (weights.closed) {
            leave();
            throw owner == null
                    ? isClosed()
                    : new IllegalStateException(name + " is closed, whose weights this one shares");
        }
    }

    private void giveBack() {
        Guard weights = owner == null ? this : owner;
        Semaphore shared = weights.permits;
        if (shared != null && held > 0) {
            int given = held;
            held = 0;
            shared.release(given);
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
        giveBack();
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

    /** Does something inside that reads the weights and does not change them. */
    public <T extends @Nullable Object> T read(Supplier<T> work) {
        enterToRead();
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
            giveBack();
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
            giveBack();
            Semaphore shared = permits;
            if (shared != null) {
                // Those who read the weights now go on to their end; who comes later finds this closed.
                shared.acquireUninterruptibly(ALL);
            }
            try {
                Runnable last = ending.getAndSet(Guard::nothing);
                if (last != null) {
                    last.run();
                }
            } finally {
                if (shared != null) {
                    shared.release(ALL);
                }
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
