package org.espalier.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressInLinesTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long seconds;
    private final Progress progress = new ProgressInLines(
            new PrintStream(bytes, true, StandardCharsets.UTF_8),
            Duration.ofSeconds(5),
            () -> Duration.ofSeconds(seconds).toNanos());

    @Test
    void aLineComesEveryFewSecondsAndAtTheEnd() {
        progress.begin("training", 200);
        for (int step = 1; step <= 200; step++) {
            seconds += step % 50 == 0 ? 40 : 0;
            progress.step("loss " + step);
        }
        progress.end();
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "training: 50 of 200 (25 %), 0:40 so far, 2:00 to go, loss 50",
                        "training: 100 of 200 (50 %), 1:20 so far, 1:20 to go, loss 100",
                        "training: 150 of 200 (75 %), 2:00 so far, 0:40 to go, loss 150",
                        "training: 200 of 200 (100 %), 2:40 so far, loss 200");
    }

    @Test
    void whatStopsEarlySaysHowFarItCame() {
        progress.begin("training", 10);
        progress.step("loss 1");
        seconds = 3_725;
        progress.end();
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("training: 1 of 10 (10 %), 1:02:05 so far, 9:18:45 to go, loss 1");
    }
}
