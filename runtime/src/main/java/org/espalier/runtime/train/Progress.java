package org.espalier.runtime.train;

import java.time.Duration;

/** Shows the progress of something that takes long. */
public interface Progress {
    /**
     * Starts.
     *
     * @param task what is being done
     * @param steps how many steps it has
     */
    void begin(String task, long steps);

    /**
     * Says that one more step is done.
     *
     * @param message what is to be known now, {@code epoch 3/12, loss 0.1234}
     */
    void step(String message);

    /** Stops, however far it has come. */
    void end();

    /**
     * A bar on a terminal; otherwise, or where the environment variable {@code CI} is set, a plain line every five
     * seconds. Both go to the standard error stream.
     */
    static Progress console() {
        boolean bar = ProgressOnBar.isTerminal() && System.getenv("CI") == null;
        return bar ? new ProgressOnBar() : new ProgressInLines(System.err, Duration.ofSeconds(5), System::nanoTime);
    }

    /** Shows nothing. */
    static Progress silent() {
        return new Progress() {
            @Override
            public void begin(String task, long steps) {}

            @Override
            public void step(String message) {}

            @Override
            public void end() {}
        };
    }
}
