package org.espalier.runtime.data;

import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Batches that a thread of its own reads ahead, so that a step need not wait for files and augmentation. They are those
 * of the source, in its order.
 *
 * <p>Each epoch that is iterated has its thread, a daemon, which ends with the epoch, with an exception, with
 * {@link #close}, or when the iterator is given up: one that nobody holds any more is noticed by the garbage collector.
 */
public final class PrefetchedBatches implements Batches, AutoCloseable {
    private static final Cleaner GIVEN_UP = Cleaner.create();

    private final Batches source;
    private final int ahead;
    private final Set<Reader> readers = Collections.newSetFromMap(new WeakHashMap<>());
    private boolean closed;

    PrefetchedBatches(Batches source, int ahead) {
        if (ahead < 1) {
            throw new IllegalArgumentException("expected at least one batch to read ahead, found " + ahead);
        }
        this.source = source;
        this.ahead = ahead;
    }

    @Override
    public int perEpoch() {
        return source.perEpoch();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException from the iterator, if this is closed, or the thread that waits is interrupted
     */
    @Override
    public Iterable<Batch> epoch(int epoch) {
        Iterable<Batch> batches = source.epoch(epoch);
        return () -> started(batches, epoch);
    }

    private synchronized Iterator<Batch> started(Iterable<Batch> batches, int epoch) {
        if (closed) {
            throw isClosed();
        }
        Reader reader = new Reader(batches, ahead, "batches of epoch " + epoch);
        readers.add(reader);
        reader.thread.start();
        return new Epoch(reader);
    }

    /**
     * Ends the threads, each after the batch that it is reading, and waits for that. Iterators have what they gave, and
     * no further batch.
     */
    @Override
    public void close() {
        List<Reader> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(readers);
        }
        open.forEach(Reader::stop);
        open.forEach(Reader::awaitEnd);
    }

    private static IllegalStateException isClosed() {
        return new IllegalStateException("the prefetched batches are closed");
    }

    /** An epoch as the consumer sees it; the thread does not refer to it. */
    private static final class Epoch implements Iterator<Batch>, AutoCloseable {
        private final Reader reader;
        private @Nullable Batch next;
        private @Nullable Batch given;

        Epoch(Reader reader) {
            this.reader = reader;
            GIVEN_UP.register(this, reader::stop);
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = reader.take();
            }
            return next != null;
        }

        @Override
        public Batch next() {
            Batch batch = hasNext() ? next : null;
            if (batch == null) {
                throw new NoSuchElementException("the epoch's batches are used up");
            }
            next = null;
            Batch before = given;
            given = batch;
            if (before != null) {
                reader.reuse(before);
            }
            return batch;
        }

        @Override
        public void close() {
            reader.stop();
        }
    }

    /** A thread's work, and what waits to be taken. */
    private static final class Reader implements Runnable {
        private final Iterable<Batch> source;
        private final int ahead;
        private final Queue<Batch> ready = new ArrayDeque<>();
        private final Queue<Batch> used = new ArrayDeque<>();
        private @Nullable Throwable failure;
        private boolean finished;
        private boolean stopped;
        private final Thread thread;

        Reader(Iterable<Batch> source, int ahead, String name) {
            this.source = source;
            this.ahead = ahead;
            thread = new Thread(this, name);
            thread.setDaemon(true);
        }

        @Override
        public void run() {
            @Nullable Throwable problem = null;
            try {
                read();
            } catch (Throwable thrown) {
                problem = thrown;
            }
            finish(problem);
        }

        private void read() {
            Iterator<Batch> batches = source.iterator();
            try {
                while (awaitRoom() && batches.hasNext()) {
                    put(batches.next().copyInto(takeUsed()));
                }
            } finally {
                Batches.close(batches);
            }
        }

        private synchronized boolean awaitRoom() {
            await(() -> ready.size() < ahead || stopped);
            return !stopped;
        }

        private synchronized @Nullable Batch takeUsed() {
            return used.poll();
        }

        private synchronized void put(Batch batch) {
            ready.add(batch);
            notifyAll();
        }

        private synchronized void finish(@Nullable Throwable problem) {
            failure = problem;
            finished = true;
            notifyAll();
        }

        /** The next batch, or null at the end. */
        synchronized @Nullable Batch take() {
            await(() -> !ready.isEmpty() || finished || stopped);
            if (stopped) {
                throw isClosed();
            }
            Batch batch = ready.poll();
            if (batch == null && failure != null) {
                rethrow(failure);
            }
            notifyAll();
            return batch;
        }

        private static void rethrow(Throwable failure) {
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("reading batches ahead failed: " + failure, failure);
        }

        synchronized void reuse(Batch batch) {
            used.add(batch);
        }

        synchronized void stop() {
            stopped = true;
            ready.clear();
            used.clear();
            notifyAll();
        }

        void awaitEnd() {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw waitInterrupted(interrupted);
            }
        }

        private synchronized void await(BooleanSupplier condition) {
            while (!condition.getAsBoolean()) {
                try {
                    wait();
                } catch (InterruptedException interrupted) {
                    throw waitInterrupted(interrupted);
                }
            }
        }

        private static IllegalStateException waitInterrupted(InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new IllegalStateException("interrupted while waiting for a batch", interrupted);
        }
    }
}
