package org.espalier.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Something that writes files one version after the other: whenever its process is killed, wherever the disk is full
 * and whoever else writes too, there is a whole version, and the next write leaves nothing but its own.
 *
 * <p>{@code -Despalier.kills=500} kills as many processes, {@code -Despalier.kills.seed=1} at other moments.
 */
public abstract class KilledWriters {
    private static final int KILLS = Integer.getInteger("espalier.kills", 2);
    private static final long SEED = Long.getLong("espalier.kills.seed", 0);
    private static final int MOST_VERSIONS = 30;
    private static final String WRITTEN = "written";
    private static final String REFUSED = "refused";

    /** Kilobytes at which the disk is full: less than a version has. */
    private static final int FULL = 40;

    @TempDir
    private Path folder;

    /** Writes a version, which may need those of lower numbers; each is larger than 80 kB. */
    protected abstract void write(Path into, int version) throws Exception;

    /** Fails unless there is a whole version, from the first byte to the last, and returns it. */
    protected abstract int version(Path in) throws Exception;

    @Test
    void killedAtAnyMomentThereIsAWholeVersion() throws Exception {
        Random random = new Random(SEED);
        write(folder, 0);
        for (int kill = 0; kill < KILLS; kill++) {
            int before = version(folder);
            int seen = 1 + random.nextInt(MOST_VERSIONS);
            try (OtherProcess process = OtherProcess.start(Main.class, arguments(before + 1))) {
                assertThat(process.awaitLines(WRITTEN, seen)).isTrue();
                TimeUnit.MICROSECONDS.sleep(random.nextInt(5_000));
                process.kill();
            }
            assertThat(version(folder)).isGreaterThanOrEqualTo(before + seen);
        }
        leavesNothingElse();
    }

    @Test
    void onAFullDiskThereIsTheVersionBefore() throws Exception {
        write(folder, 0);
        try (OtherProcess process = OtherProcess.startLimited(FULL, Main.class, arguments(1))) {
            process.awaitLine(REFUSED);
        }
        assertThat(version(folder)).isZero();
        leavesNothingElse();
    }

    @Test
    void ofTwoWritersAtOnceThereIsOneWholeVersion() throws Exception {
        write(folder, 0);
        try (OtherProcess one = OtherProcess.start(Main.class, arguments(1));
                OtherProcess other = OtherProcess.start(Main.class, arguments(1))) {
            for (int i = 0; i < 5; i++) {
                assertThat(one.awaitLines(WRITTEN, 2)).isTrue();
                assertThat(other.awaitLines(WRITTEN, 2)).isTrue();
                assertThat(version(folder)).isPositive();
            }
            one.kill();
            other.kill();
        }
        leavesNothingElse();
    }

    /** Clocks may go back, and what was written then stays. */
    @Test
    void filesOfTheFutureAreReplaced() throws Exception {
        write(folder, 0);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 86_400_000));
            }
        }
        write(folder, 1);
        assertThat(version(folder)).isEqualTo(1);
        leavesNothingElse();
    }

    private void leavesNothingElse() throws Exception {
        int next = version(folder) + 1;
        write(folder, next);
        assertThat(version(folder)).isEqualTo(next);
        List<String> found = files(folder);
        Path fresh = Files.createDirectory(folder.resolve("fresh"));
        write(fresh, 0);
        assertThat(found).isEqualTo(files(fresh));
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private String[] arguments(int version) {
        return new String[] {getClass().getName(), folder.toString(), String.valueOf(version)};
    }

    /** The process that is killed: writes versions until then. */
    public static final class Main {
        private Main() {}

        /** Writes. */
        public static void main(String[] args) throws Exception {
            Constructor<?> constructor = Class.forName(args[0]).getDeclaredConstructor();
            constructor.setAccessible(true);
            KilledWriters writer = (KilledWriters) constructor.newInstance();
            try {
                for (int version = Integer.parseInt(args[2]); ; version++) {
                    writer.write(Path.of(args[1]), version);
                    System.out.println(WRITTEN);
                }
            } catch (IOException | RuntimeException refused) {
                System.out.println(REFUSED + " " + refused);
            }
        }
    }
}
