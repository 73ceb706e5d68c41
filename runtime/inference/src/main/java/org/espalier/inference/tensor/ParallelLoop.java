package org.espalier.inference.tensor;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.function.IntConsumer;

/** Loops whose turns run side by side in the JVM's common pool, in which several predictions share the processors. */
public final class ParallelLoop {
    /** Threads that turns run on. */
    public static final int THREADS = ForkJoinPool.getCommonPoolParallelism() + 1;

    /** Additions and multiplications of a matrix product that take as long as an elementary operation. */
    public static final long PRODUCTS = 10;

    /** Elementary operations below which another thread would cost more than it saves: some 20 microseconds' worth. */
    private static final long WORTHWHILE = 200_000;

    private ParallelLoop() {}

    /**
     * Runs turns 0 to {@code count} − 1, each of which writes what no other does.
     *
     * @param work elementary operations of all turns together
     */
    public static void forEach(int count, long work, IntConsumer turn) {
        int threads = Math.min(count, THREADS);
        if (threads <= 1 || work < WORTHWHILE) {
            for (int i = 0; i < count; i++) {
                turn.accept(i);
            }
            return;
        }
        new Range(0, count, turn).invoke();
    }

    /** Halves of halves, so that threads that are free take what is left. */
    private static final class Range extends RecursiveAction {
        private static final long serialVersionUID = 1;

        private final int from;
        private final int to;
        private final transient IntConsumer turn;

        Range(int from, int to, IntConsumer turn) {
            this.from = from;
            this.to = to;
            this.turn = turn;
        }

        @Override
        protected void compute() {
            if (to - from == 1) {
                turn.accept(from);
                return;
            }
            int middle = (from + to) >>> 1;
            invokeAll(new Range(from, middle, turn), new Range(middle, to, turn));
        }
    }
}
