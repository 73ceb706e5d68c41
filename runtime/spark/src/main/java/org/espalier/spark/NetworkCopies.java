package org.espalier.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.espalier.runtime.Network;
import org.espalier.runtime.NetworkExchange;

/**
 * Keeps the copies of networks of this JVM between tasks: their memory is allocated once. There are as many as tasks
 * run at a time.
 */
final class NetworkCopies {
    /** Time after which a copy that no task has asked for is closed, at the next task. */
    private static final long KEPT_NANOS = 600_000_000_000L;

    private static final Map<String, Deque<Copy<?>>> IDLE = new HashMap<>();

    /** One of them, with what carries its numbers. */
    static final class Copy<N extends Network> {
        final N network;
        final NetworkExchange exchange;
        private long since;

        Copy(N network) {
            this.network = network;
            this.exchange = new NetworkExchange(network);
        }
    }

    private NetworkCopies() {}

    /**
     * A copy that nobody else has.
     *
     * @param owner what asks for it: copies are given to the same owner only
     */
    static <N extends Network> Copy<N> take(String owner, SparkModel<N> model) {
        synchronized (IDLE) {
            closeOld();
            Deque<Copy<?>> idle = IDLE.get(owner);
            if (idle != null && !idle.isEmpty()) {
                // Whoever asks under this name has made it with this model.
                @SuppressWarnings("unchecked")
                Copy<N> copy = (Copy<N>) idle.pop();
                return copy;
            }
        }
        return new Copy<>(model.create());
    }

    static void giveBack(String owner, Copy<?> copy) {
        synchronized (IDLE) {
            copy.since = System.nanoTime();
            IDLE.computeIfAbsent(owner, name -> new ArrayDeque<>()).push(copy);
        }
    }

    /** Closes the idle copies of an owner in this JVM. */
    static void close(String owner) {
        synchronized (IDLE) {
            Deque<Copy<?>> idle = IDLE.remove(owner);
            if (idle != null) {
                idle.forEach(copy -> copy.network.close());
            }
        }
    }

    private static void closeOld() {
        long now = System.nanoTime();
        for (Deque<Copy<?>> idle : IDLE.values()) {
            for (Iterator<Copy<?>> copies = idle.iterator(); copies.hasNext(); ) {
                Copy<?> copy = copies.next();
                if (now - copy.since > KEPT_NANOS) {
                    copy.network.close();
                    copies.remove();
                }
            }
        }
        IDLE.values().removeIf(Deque::isEmpty);
    }
}
