package org.espalier.generator;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs a task on a stack of a known size. The limits on nesting are then what limits a specification, and not the stack
 * of the thread that happens to call the compiler.
 */
public final class DeepStack {
    /** In bytes; a multiple of what anything within the limits takes. Only what is used is taken from memory. */
    private static final long SIZE = 16 << 20;

    private DeepStack() {}

    /** A thread with such a stack, not started yet, for tools that elaborate specifications on threads of their own. */
    public static Thread thread(String name, Runnable task) {
        return new Thread(null, task, name, SIZE);
    }

    /** The result of a task. What it throws is thrown; an interruption waits until it has ended. */
    static <T> T call(Supplier<T> supplier) {
        FutureTask<T> task = new FutureTask<>(supplier::get);
        Thread thread = new Thread(null, task, "espalier", SIZE);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(Objects.requireNonNullElse(e.getCause(), e));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception ? exception : new IllegalStateException(thrown);
    }
}
