package org.espalier.runtime.kernel.memory;

/** Runs a computation for each channel (or each channel of each sample), on all cores if that pays. */
public final class Channels {
    /** Elements of a task, about 10 µs. */
    private static final int ELEMENTS_PER_TASK = 16 * Scratch.BLOCK;

    private Channels() {}

    /** One channel's part of a computation. */
    @FunctionalInterface
    public interface Channel {
        void run(int channel);
    }

    /** Runs {@code channel} for 0 to {@code channels − 1}, of so many elements each. */
    public static void forEach(int channels, int elements, Channel channel) {
        int perTask = Math.max(1, ELEMENTS_PER_TASK / Math.max(1, elements));
        int tasks = (channels + perTask - 1) / perTask;
        Parallel.forEach(tasks, task -> {
            for (int c = task * perTask; c < Math.min(channels, (task + 1) * perTask); c++) {
                channel.run(c);
            }
        });
    }
}
