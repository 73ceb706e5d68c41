package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.ImportResolver;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * However large a specification gets, and in whatever way, a JVM of 1 GB answers in seconds. The quick loop tries each
 * kind at a fraction of the size, all in one JVM; {@code mvn verify} at the whole size, each in a JVM of its own, and
 * for inference classes at a tenth of it, since most of the work is the same: {@code -Despalier.limits=all} has those
 * at the whole size too.
 */
@Tag(Rounds.TAG)
class LimitsTest {
    private static final int PART = Rounds.of(400, 1);

    /** Of that size, for inference classes. */
    private static final int PART_OF_INFERENCE =
            "all".equals(System.getProperty("espalier.limits")) || PART > 1 ? PART : 10;

    /** Of all cores: of half of it, the JVM's own compilers and its collector have more than the compiler. */
    private static final double SECONDS = Rounds.of(10, 30);

    @Test
    void answersWhateverGetsLarge() {
        List<List<LargeSpecifications>> runs = Rounds.of(0, 1) == 0
                ? List.of(List.of(LargeSpecifications.values()))
                : Stream.of(LargeSpecifications.values()).map(List::of).toList();
        // As many at a time as there are cores: what is counted is their own time.
        runs.parallelStream().forEach(LimitsTest::check);
    }

    private static void check(List<LargeSpecifications> kinds) {
        List<String> answers = answers(kinds);
        assertThat(answers).as(kinds + ": " + answers).hasSize(2 * kinds.size());
        for (String answer : answers) {
            double seconds = Double.parseDouble(answer.substring(answer.lastIndexOf(' ') + 1));
            assertThat(seconds).as(answer).isLessThan(SECONDS);
        }
    }

    /** Runs another JVM and returns what it says: a line for each kind and target. */
    private static List<String> answers(List<LargeSpecifications> kinds) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Answers.class.getName(),
                String.valueOf(PART),
                String.valueOf(PART_OF_INFERENCE)));
        if (PART > 1) {
            // So short a life is not worth the work of the optimizing compiler and of parallel collectors.
            command.addAll(1, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        }
        kinds.forEach(kind -> command.add(kind.name()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(new File(System.getProperty("java.io.tmpdir")));
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(kinds + ":\n" + output).isZero();
            return output.lines().toList();
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError("no answer about " + kinds, failed);
        }
    }

    /** Compiles specifications of the kinds that it is given, and writes how many seconds of CPU each took. */
    static final class Answers {
        private Answers() {}

        public static void main(String[] arguments) {
            int part = Integer.parseInt(arguments[0]);
            int partOfInference = Integer.parseInt(arguments[1]);
            OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            for (String kind : List.of(arguments).subList(2, arguments.length)) {
                for (String target : List.of(Targets.JAVA, Targets.INFERENCE)) {
                    int divisor = target.equals(Targets.JAVA) ? part : partOfInference;
                    SourceFile file = new SourceFile(
                            "test.net", LargeSpecifications.valueOf(kind).text(size -> Math.max(1, size / divisor)));
                    long before = system.getProcessCpuTime();
                    Compilation compilation =
                            NetCompiler.compile(new CompilationRequest(List.of(file), ImportResolver.NONE)
                                    .with(Targets.of(List.of(target))));
                    compilation.diagnostics().forEach(Diagnostic::render);
                    System.out.println(kind + " " + target + " " + (system.getProcessCpuTime() - before) / 1e9);
                }
            }
        }
    }
}
