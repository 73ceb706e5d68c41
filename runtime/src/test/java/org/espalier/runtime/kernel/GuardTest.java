package org.espalier.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class GuardTest {
    private final Guard guard = new Guard("Tiny");
    private final List<String> ends = new ArrayList<>();

    @Test
    void a_thread_may_enter_again_and_is_inside_until_it_has_left_as_often() {
        guard.enter();
        guard.use(() -> "");
        assertThatThrownBy(() -> inOtherThread(guard::enter)).hasMessageContaining("Tiny is being used by thread");

        guard.leave();
        inOtherThread(() -> guard.use(() -> ""));
    }

    @Test
    void what_fails_inside_leaves() {
        assertThatThrownBy(() -> guard.use(() -> {
                    throw new ArithmeticException();
                }))
                .isInstanceOf(ArithmeticException.class);

        inOtherThread(() -> guard.use(() -> ""));
    }

    @Test
    void a_thread_that_ended_inside_is_not_waited_for() throws InterruptedException {
        Thread lost = new Thread(guard::enter);
        lost.start();
        lost.join();

        assertThat(guard.use(() -> "in")).isEqualTo("in");
    }

    @Test
    void it_ends_at_once_if_nobody_is_inside_and_once_only() {
        guard.close(() -> ends.add("first"));
        guard.close(() -> ends.add("second"));

        assertThat(ends).containsExactly("first");
        assertThatThrownBy(guard::enter)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tiny is closed");
        assertThatThrownBy(guard::enter).hasMessage("Tiny is closed");
    }

    @Test
    void it_ends_when_the_thread_inside_leaves_for_which_closing_waits() throws InterruptedException {
        guard.enter();
        guard.enter();
        guard.close(() -> ends.add("end"));
        Thread other = new Thread(() -> guard.close(() -> ends.add("again")));
        other.start();
        other.join(50);
        guard.leave();
        assertThat(ends).isEmpty();
        assertThat(other.isAlive()).isTrue();

        guard.leave();
        assertThat(ends).containsExactly("end");
        other.join();
    }

    @Test
    void closing_waits_no_longer_when_interrupted() throws InterruptedException {
        guard.enter();
        Thread other = new Thread(() -> guard.close(() -> ends.add("end")));
        other.start();
        other.interrupt();
        other.join();
        assertThat(ends).isEmpty();

        guard.leave();
        assertThat(ends).containsExactly("end");
    }

    @Test
    void a_thread_that_ended_inside_does_not_keep_it_from_ending() throws InterruptedException {
        Thread lost = new Thread(guard::enter);
        lost.start();
        lost.join();

        guard.close(() -> ends.add("end"));
        assertThat(ends).containsExactly("end");
    }

    private static void inOtherThread(Runnable work) {
        try {
            CompletableFuture.runAsync(work, command -> new Thread(command).start())
                    .join();
        } catch (CompletionException failed) {
            throw (RuntimeException) failed.getCause();
        }
    }
}
