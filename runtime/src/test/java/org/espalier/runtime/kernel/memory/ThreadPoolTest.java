package org.espalier.runtime.kernel.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyTaskRunsOnceInEveryRegion(int threads) {
        ThreadPool pool = new ThreadPool(threads, "test");
        AtomicIntegerArray runs = new AtomicIntegerArray(50);
        for (int region = 0; region < 200; region++) {
            pool.forEach(runs.length(), (task, slot) -> runs.incrementAndGet(task));
        }

        int[] expected = new int[runs.length()];
        Arrays.fill(expected, 200);
        assertThat(runs.toString()).isEqualTo(Arrays.toString(expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aSlotBelongsToOneThread(int threads) {
        ThreadPool pool = new ThreadPool(threads, "test");
        ConcurrentMap<Integer, Thread> owners = new ConcurrentHashMap<>();
        AtomicInteger strangers = new AtomicInteger();
        for (int region = 0; region < 200; region++) {
            pool.forEach(20, (task, slot) -> {
                Thread known = owners.putIfAbsent(slot, Thread.currentThread());
                if (known != null && known != Thread.currentThread()) {
                    strangers.incrementAndGet();
                }
            });
        }

        assertThat(strangers).hasValue(0);
        assertThat(owners.keySet()).allMatch(slot -> slot >= 0 && slot < threads);
        assertThat(owners).containsEntry(0, Thread.currentThread());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatATaskThrowsReachesTheCallerAndThePoolGoesOn(int threads) {
        ThreadPool pool = new ThreadPool(threads, "test");
        assertThatThrownBy(() -> pool.forEach(8, (task, slot) -> {
                    if (task == 5) {
                        throw new IllegalStateException("task " + task);
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task 5");

        AtomicInteger done = new AtomicInteger();
        pool.forEach(8, (task, slot) -> done.incrementAndGet());
        assertThat(done).hasValue(8);
    }

    /** Two networks, or a network and its own tasks, do not wait for each other's regions. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aRegionInsideAnotherRunsOnItsCallersThread(int threads) {
        ThreadPool pool = new ThreadPool(threads, "test");
        AtomicInteger elsewhere = new AtomicInteger();
        pool.forEach(6, (outer, slot) -> {
            Thread caller = Thread.currentThread();
            pool.forEach(6, (inner, innerSlot) -> {
                if (Thread.currentThread() != caller) {
                    elsewhere.incrementAndGet();
                }
            });
        });

        assertThat(elsewhere).hasValue(0);
    }
}
