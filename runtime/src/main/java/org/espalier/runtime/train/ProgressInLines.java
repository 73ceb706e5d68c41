package org.espalier.runtime.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A line every few seconds, and one at the end:
 *
 * <pre>
 *   training: 640 of 7680 (8 %), 0:12 so far, 2:12 to go, epoch 1/12, loss 0.2134
 * </pre>
 */
final class ProgressInLines implements Progress {
    private final PrintStream out;
    private final long every;
    private final LongSupplier clock;

    private String task = "";
    private String message = "";
    private long steps;
    private long done;
    private long begun;
    private long shown;
    private long shownDone;

    /**
     * @param out where lines go
     * @param every time from one to the next
     * @param clock nanoseconds
     */
    ProgressInLines(PrintStream out, Duration every, LongSupplier clock) {
        this.out = out;
        this.every = every.toNanos();
        this.clock = clock;
    }

    @Override
    public void begin(String task, long steps) {
        this.task = task;
        this.steps = steps;
        message = "";
        done = 0;
        begun = clock.getAsLong();
        shown = begun;
        shownDone = -1;
    }

    @Override
    public void step(String message) {
        this.message = message;
        done++;
        long now = clock.getAsLong();
        if (now - shown >= every) {
            show(now);
        }
    }

    @Override
    public void end() {
        if (shownDone != done) {
            show(clock.getAsLong());
        }
    }

    private void show(long now) {
        shown = now;
        shownDone = done;
        double elapsed = (now - begun) / 1e9;
        String left = done == 0 || done >= steps ? "" : ", " + time(elapsed / done * (steps - done)) + " to go";
        out.printf(
                Locale.ROOT,
                "%s: %d of %d (%d %%), %s so far%s%s%n",
                task,
                done,
                steps,
                steps == 0 ? 100 : 100 * done / steps,
                time(elapsed),
                left,
                message.isEmpty() ? "" : ", " + message);
        out.flush();
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3_600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3_600, whole / 60 % 60, whole % 60);
    }
}
