package org.espalier.runtime.kernel.memory;

/**
 * Runs a computation over the blocks of arrays of equal shape, on all cores if they are large. The blocks depend on the
 * arrays alone, so what is computed for each can be summed in their order and the sum be the same in every run.
 */
public final class Blocks {
    /** Blocks of a task, about 10 µs. */
    private static final int BLOCKS_PER_TASK = 16;

    private Blocks() {}

    /** The elements of one block: where they start in each of up to four operands, and how many they are. */
    @FunctionalInterface
    public interface Block {
        /**
         * Computes the elements of one block.
         *
         * @param index the block's number, from 0
         * @param run the sample the block lies in, or 0 if the operands are contiguous
         * @param from its first element, counted from the start of the run
         * @param count its elements, at most {@link Scratch#BLOCK}
         */
        void run(int index, int run, int from, int count, Scratch scratch);
    }

    /** Counts the blocks of arrays of {@code runs} runs of {@code length} elements. */
    public static int count(int runs, int length) {
        return runs * perRun(length);
    }

    public static void forEach(int runs, int length, Block block) {
        int perRun = perRun(length);
        int blocks = runs * perRun;
        int tasks = (blocks + BLOCKS_PER_TASK - 1) / BLOCKS_PER_TASK;
        if (tasks <= 1) {
            range(0, blocks, perRun, length, block);
        } else {
            Parallel.forEach(
                    tasks,
                    task -> range(
                            task * BLOCKS_PER_TASK,
                            Math.min(blocks, (task + 1) * BLOCKS_PER_TASK),
                            perRun,
                            length,
                            block));
        }
    }

    private static int perRun(int length) {
        return (length + Scratch.BLOCK - 1) / Scratch.BLOCK;
    }

    private static void range(int first, int end, int perRun, int length, Block block) {
        Scratch scratch = Scratch.get();
        for (int index = first; index < end; index++) {
            int run = index / perRun;
            int from = (index - run * perRun) * Scratch.BLOCK;
            block.run(index, run, from, Math.min(Scratch.BLOCK, length - from), scratch);
        }
    }
}
