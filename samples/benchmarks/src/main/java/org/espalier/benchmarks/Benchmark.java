package org.espalier.benchmarks;

/**
 * One of the things that can be measured.
 *
 * @param name what {@code -Dbench} calls it
 * @param what what a step is, in a few words
 * @param unit of time
 * @param throughput what a subject's amounts count, each second; empty if nothing
 * @param rounds how many times each subject has its turn; a figure is the median of them
 * @param method how it is measured
 * @param parts how many steps make up the whole that time is told of
 */
public record Benchmark(String name, String what, Unit unit, String throughput, int rounds, Method method, int parts) {

    /** One whose step is the whole. */
    public Benchmark(String name, String what, Unit unit, String throughput, int rounds, Method method) {
        this(name, what, unit, throughput, rounds, method, 1);
    }

    /** Units of time that figures are told in. */
    public enum Unit {
        MICROSECONDS("us", 1e3),
        MILLISECONDS("ms", 1e6),
        SECONDS("s", 1e9);

        private final String symbol;
        private final double nanoseconds;

        Unit(String symbol, double nanoseconds) {
            this.symbol = symbol;
            this.nanoseconds = nanoseconds;
        }

        /** As CSV files write it. */
        public String symbol() {
            return symbol;
        }

        /** A time in this unit. */
        public double of(double nanoseconds) {
            return nanoseconds / this.nanoseconds;
        }
    }

    /** Ways to measure. */
    public enum Method {
        /** Each subject has a process, and they take turns, a step or a few at a time. */
        TURNS,
        /** JMH, for what takes microseconds. Its processes take turns too, a few seconds each. */
        JMH,
        /** As turns, for the memory that the processes held at most, not for time. */
        MEMORY
    }

    /** At least ten, so that a median means something. */
    public Benchmark {
        if (rounds < 10) {
            throw new IllegalArgumentException(name + " has " + rounds + " rounds; a median needs 10");
        }
    }
}
