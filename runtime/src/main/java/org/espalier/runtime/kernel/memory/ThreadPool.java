package org.espalier.runtime.kernel.memory;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run the parts of a computation side by side.
 *
 * <p>The caller cuts the work into tasks that write to different places; which thread runs a task, and when, is left
 * open, so a core that is busy with something else gets fewer of them. Results therefore depend on how the work is cut
 * alone, and are the same in every run.
 *
 * <p>The threads wait a moment for the next region before they sleep: a step of a network is a chain of short regions,
 * and waking a thread takes longer than many of these. They are daemons, and stay for as long as the JVM.
 */
final class ThreadPool {
    /** About 50 µs. */
    private static final int SPINS_BEFORE_SLEEP = 2_000;

    /** Set while a region runs: another one, inside it or of another thread, runs on its caller's thread alone. */
    private final AtomicBoolean busy = new AtomicBoolean();

    private final Worker[] workers;

    /** The last region that was started. */
    private volatile @Nullable Region current;

    /**
     * Starts threads.
     *
     * @param threads how many a region can have, the caller's included
     * @param name what they are called, with a number
     */
    ThreadPool(int threads, String name) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(name, i + 1);
        }
        for (Worker worker : workers) {
            worker.start();
        }
    }

    /**
     * Runs the tasks 0 to {@code tasks − 1}, each once, and returns when all are done. Inside another region, or while
     * another thread has one, they run one after the other on the calling thread.
     *
     * @throws RuntimeException or Error what a task threw; other tasks may then not have run
     */
    void forEach(int tasks, Parallel.SlottedTask task) {
        if (tasks <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
            for (int part = 0; part < tasks; part++) {
                task.run(part, 0);
            }
            return;
        }
        try {
            Region region = new Region(tasks, task);
            current = region;
            for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
                workers[i].wake();
            }
            region.work(0);
            region.await();
        } finally {
            current = null;
            busy.set(false);
        }
    }

    private static final class Region {
        private final int tasks;
        private final Parallel.SlottedTask task;
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger takenByWorkers = new AtomicInteger();
        private final AtomicInteger unfinished;
        private final Thread caller = Thread.currentThread();
        private volatile boolean callerAsleep;
        private volatile @Nullable Throwable failure;

        Region(int tasks, Parallel.SlottedTask task) {
            this.tasks = tasks;
            this.task = task;
            unfinished = new AtomicInteger(tasks);
        }

        /**
         * The caller takes tasks from the front, the workers from the end: so in a chain of regions over the same
         * arrays a thread mostly finds in its cache what it has written itself.
         */
        void work(int slot) {
            for (int front = 0; taken.getAndIncrement() < tasks; front++) {
                int part = slot == 0 ? front : tasks - 1 - takenByWorkers.getAndIncrement();
                try {
                    if (failure == null) {
                        task.run(part, slot);
                    }
                } catch (RuntimeException | Error thrown) {
                    failure = thrown;
                } finally {
                    if (unfinished.decrementAndGet() == 0 && callerAsleep) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }

        void await() {
            for (int spins = 0; unfinished.get() > 0 && spins < SPINS_BEFORE_SLEEP; spins++) {
                Thread.onSpinWait();
            }
            // A thread that has lost its core to another process gets this one meanwhile.
            callerAsleep = true;
            while (unfinished.get() > 0) {
                LockSupport.park(this);
            }
            Throwable thrown = failure;
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }

    private final class Worker extends Thread {
        private final int slot;
        private volatile boolean asleep;

        Worker(String name, int slot) {
            super(name + "-" + slot);
            this.slot = slot;
            setDaemon(true);
        }

        void wake() {
            if (asleep) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            Region done = null;
            while (true) {
                Region region = nextAfter(done);
                region.work(slot);
                done = region;
            }
        }

        private Region nextAfter(@Nullable Region done) {
            for (int spins = 0; ; spins++) {
                Region region = current;
                if (region != null && region != done) {
                    return region;
                }
                if (spins < SPINS_BEFORE_SLEEP) {
                    Thread.onSpinWait();
                } else {
                    sleepUnless(done);
                    spins = 0;
                }
            }
        }

        private void sleepUnless(@Nullable Region done) {
            asleep = true;
            // Looked at again after saying so: a region that started in between would not have woken this thread.
            Region region = current;
            if (region == null || region == done) {
                LockSupport.park(this);
            }
            asleep = false;
        }
    }
}
