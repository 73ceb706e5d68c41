package org.espalier.runtime.kernel.memory;

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
    void aThreadMayEnterAgainAndIsInsideUntilItHasLeftAsOften() {
        guard.enter();
        guard.use(() -> "");
        assertThatThrownBy(() -> inOtherThread(guard::enter)).hasMessageContaining("Tiny is being used by thread");

        guard.leave();
        inOtherThread(() -> guard.use(() -> ""));
    }

    @Test
    void whatFailsInsideLeaves() {
        assertThatThrownBy(() -> guard.use(() -> {
                    throw new ArithmeticException();
                }))
                .isInstanceOf(ArithmeticException.class);

        inOtherThread(() -> guard.use(() -> ""));
    }

    @Test
    void aThreadThatEndedInsideIsNotWaitedFor() throws InterruptedException {
        Thread lost = new Thread(guard::enter);
        lost.start();
        lost.join();

        assertThat(guard.use(() -> "in")).isEqualTo("in");
    }

    @Test
    void aReaderThatEndedInsideIsNotWaitedForOnceItsGuardIsEnteredAgain() throws InterruptedException {
        Guard view = guard.sharing();
        Thread lost = new Thread(view::enter);
        lost.start();
        lost.join();

        view.use(() -> "");

        assertThat(guard.use(() -> "in")).isEqualTo("in");
    }

    @Test
    void aThreadInsideOfTheOwnerMayRead() {
        Guard view = guard.sharing();
        assertThat(guard.use(() -> view.use(() -> "both"))).isEqualTo("both");
        assertThat(guard.use(() -> guard.sharing().use(() -> "made inside"))).isEqualTo("made inside");
        assertThat(guard.read(() -> guard.use(() -> "nested"))).isEqualTo("nested");
    }

    @Test
    void itEndsAtOnceIfNobodyIsInsideAndOnceOnly() {
        guard.close(() -> ends.add("first"));
        guard.close(() -> ends.add("second"));

        assertThat(ends).containsExactly("first");
        assertThatThrownBy(guard::enter)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tiny is closed");
        assertThatThrownBy(guard::enter).hasMessage("Tiny is closed");
    }

    @Test
    void itEndsWhenTheThreadInsideLeavesForWhichClosingWaits() throws InterruptedException {
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
    void closingWaitsNoLongerWhenInterrupted() throws InterruptedException {
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
    void aThreadThatEndedInsideDoesNotKeepItFromEnding() throws InterruptedException {
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
