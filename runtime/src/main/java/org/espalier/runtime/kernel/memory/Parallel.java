package org.espalier.runtime.kernel.memory;

/**
 * Runs the parts of a computation on all cores, on the threads of one {@link ThreadPool}, which all networks share. The
 * system property {@code espalier.threads} sets their number, the caller's included; otherwise it is that of the
 * available processors.
 */
public final class Parallel {
    /** Greatest number of threads of a region, the caller's included. */
    public static final int THREADS = Math.max(
            1, Integer.getInteger("espalier.threads", Runtime.getRuntime().availableProcessors()));

    private static final ThreadPool POOL = new ThreadPool(THREADS, "espalier");

    private Parallel() {}

    /** One part of a computation. */
    @FunctionalInterface
    public interface Task {
        /** Does part {@code task}. */
        void run(int task);
    }

    /** One part of a computation that has use for scratch memory of its own. */
    @FunctionalInterface
    public interface SlottedTask {
        /** Does part {@code task}; no other part has this slot, from 0 to {@code THREADS − 1}, at the same time. */
        void run(int task, int slot);
    }

    /**
     * Runs the tasks 0 to {@code tasks − 1}, each once, and returns when all are done. Inside another region, or while
     * another thread has one, they run one after the other on the calling thread.
     *
     * @throws RuntimeException or Error what a task threw; other tasks may then not have run
     */
    public static void forEach(int tasks, Task task) {
        POOL.forEach(tasks, (part, slot) -> task.run(part));
    }

    /** {@link #forEach(int, Task)} with scratch memory for each thread. */
    public static void forEachSlotted(int tasks, SlottedTask task) {
        POOL.forEach(tasks, task);
    }
}
