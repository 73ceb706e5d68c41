package org.espalier.benchmarks.subject;

/**
 * Something that is measured: a network, a peer's network, or the least that the work can cost. It is made, does its
 * step again and again, and is closed, all in a process of its own.
 */
public interface Subject extends AutoCloseable {
    /** Does the work once. */
    void step();

    /**
     * Does the work several times, and returns the nanoseconds of all.
     *
     * @param steps how many times, at least 1
     */
    default long run(int steps) {
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            step();
        }
        return System.nanoTime() - start;
    }

    /**
     * Returns the amount of work in one step, in what the benchmark's throughput counts each second; 0 where throughput
     * says nothing that time does not.
     */
    default double amount() {
        return 0;
    }

    /** Names what it runs on: the native builds with their versions, or Java. */
    String build();

    @Override
    default void close() {}
}
