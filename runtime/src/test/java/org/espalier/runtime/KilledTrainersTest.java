package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.espalier.weights.OtherProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training runs of many combinations of options, killed at random moments, end with the bits of runs that were not.
 *
 * <p>{@code -Dkills=100} kills at least so many unfinished runs, {@code -Dseed=1000} begins with other combinations.
 */
class KilledTrainersTest {
    /** Runs that one process works on at once. */
    private static final int AT_ONCE = 10;

    private static final long KILLS = Long.getLong("kills", 10);
    private static final long FIRST = Long.getLong("seed", 0);

    /** Most steps of all runs together before a kill. */
    private static final int MOST_STEPS = 400;

    @TempDir
    private Path folder;

    @Test
    void runsThatAreKilledAtRandomMomentsEndWithTheBitsOfWholeOnes() throws Exception {
        Random random = new Random(FIRST);
        long kills = 0;
        for (long first = FIRST; kills < KILLS; first += AT_ONCE) {
            kills += killAgainAndAgain(first, KILLS - kills, random);
            for (long number = first; number < first + AT_ONCE; number++) {
                compare(number);
            }
        }
        System.out.println(kills + " runs were killed before their end");
    }

    /** Kills processes that train, until enough runs were killed or none is left, then lets the rest end. */
    private long killAgainAndAgain(long first, long enough, Random random) throws Exception {
        long kills = 0;
        long unfinished = AT_ONCE;
        while (kills < enough && unfinished > 0) {
            try (OtherProcess process = start(first)) {
                process.awaitLines(KilledRun.STEP, 1 + random.nextInt(MOST_STEPS));
                TimeUnit.MICROSECONDS.sleep(random.nextInt(5_000));
                process.kill();
                unfinished = unfinished(first);
                kills += unfinished;
            }
        }
        try (OtherProcess process = start(first)) {
            assertThat(process.awaitLines(KilledRun.STEP, Integer.MAX_VALUE)).isFalse();
        }
        return kills;
    }

    private OtherProcess start(long first) throws IOException {
        return OtherProcess.start(KilledRun.class, folder.toString(), String.valueOf(first), String.valueOf(AT_ONCE));
    }

    private long unfinished(long first) {
        return LongStream.range(first, first + AT_ONCE)
                .filter(number -> !Files.exists(KilledRun.folder(folder, number).resolve(KilledRun.FINISHED)))
                .count();
    }

    private void compare(long number) throws IOException {
        Path killed = KilledRun.folder(folder, number);
        Path whole = folder.resolve("whole");
        KilledRun.train(
                number,
                Files.createDirectories(whole),
                new KilledRun.Steps(new PrintStream(OutputStream.nullOutputStream())));
        assertThat(files(killed)).as("files of run %s", number).isEqualTo(files(whole));
        for (Path file : files(whole)) {
            assertThat(killed.resolve(file)).as("run %s", number).hasSameBinaryContentAs(whole.resolve(file));
            Files.delete(whole.resolve(file));
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::getFileName).sorted().toList();
        }
    }
}
