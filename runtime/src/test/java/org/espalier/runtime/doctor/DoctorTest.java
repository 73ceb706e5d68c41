package org.espalier.runtime.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    @Test
    void whatTestsRunOnLacksNothing() {
        List<Finding> findings = Doctor.examine();

        assertThat(findings).extracting(Finding::subject).startsWith("CPU", "JDK", "ND4J", "BLAS", "Threads");
        assertThat(findings).noneMatch(Finding::isMissing);
    }

    @Test
    void adviceStandsBelowWhatItIsAbout() {
        assertThat(Doctor.lines(List.of(
                        Finding.fine("CPU", "fast"),
                        Finding.slow("Threads", "1 of 2", "start another."),
                        Finding.missing("ND4J", "not loaded", "add it."))))
                .containsExactly(
                        "CPU      fast",
                        "Threads  1 of 2",
                        "         -> start another.",
                        "ND4J     not loaded",
                        "         -> add it.");
    }

    @Test
    void missingNativesAreOneSentenceThatNamesArtifactAndClassifier() throws IOException, InterruptedException {
        String printed = run(List.of(), entry -> !entry.contains("nd4j-native"));

        assertThat(printed)
                .contains("ND4J           not loaded")
                .contains("add org.espalier:espalier-runtime-cpu, which brings org.nd4j:nd4j-native")
                .contains("with the classifier ")
                .doesNotContain("Exception")
                .doesNotContain("Error")
                .endsWith("exit 1");
    }

    @Test
    void optionsThatMakeKernelsSlowAreNamed() throws IOException, InterruptedException {
        String printed = run(
                List.of("-XX:TieredStopAtLevel=1", "-Despalier.threads=1000", "-Xmx1g"),
                entry -> !entry.contains("espalier-runtime-cpu"));

        assertThat(printed)
                .contains("leave that out, or kernels in Java take several times as long.")
                .contains("more threads than processors wait for each other: start the JVM with -Despalier.threads=")
                .contains("-> matrices are multiplied in Java, ten times slower than by OpenBLAS: add"
                        + " org.espalier:espalier-runtime-cpu")
                .endsWith("exit 0");
    }

    @Test
    void aProcessorIsReadAsLinuxDescribesIt() {
        Processor processor = Processor.of(List.of(
                "processor\t: 0",
                "model name\t: Some CPU @ 2.00GHz",
                "flags\t\t: fpu sse4_2 avx fma avx2 avx512f amx_tile",
                "flags\t\t: fpu"));

        assertThat(processor.model()).isEqualTo("Some CPU @ 2.00GHz");
        assertThat(processor.extensions()).containsExactly("SSE4.2", "AVX", "FMA", "AVX2", "AVX-512", "AMX");
        assertThat(processor.hasWideVectors()).isTrue();
        assertThat(Processor.of(List.of("Features : fp asimd")).extensions()).containsExactly("NEON");
        assertThat(Processor.of(List.of()).extensions()).isEmpty();
    }

    @Test
    void theSmallestLimitOfTheGroupsCounts() throws IOException {
        Path process = Files.writeString(folder.resolve("cgroup"), "0::/a/b\n");
        write("a/memory.max", "2147483648\n");
        write("a/b/memory.max", "max\n");
        assertThat(MemoryLimits.container(folder, process)).hasValue(2 * GIB);

        write("a/b/memory.max", "1073741824\n");
        assertThat(MemoryLimits.container(folder, process)).hasValue(GIB);
    }

    @Test
    void limitsOfTheFirstVersionAreReadToo() throws IOException {
        Path process = Files.writeString(folder.resolve("cgroup"), "9:name=x:/\n4:memory:/a\n");
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(MemoryLimits.container(folder, process)).isEmpty();

        write("memory/a/memory.limit_in_bytes", "1073741824\n");
        assertThat(MemoryLimits.container(folder, process)).hasValue(GIB);
        assertThat(MemoryLimits.container(folder, folder.resolve("none"))).isEmpty();
    }

    @Test
    void limitsThatDoNotFitTheMachineAreNamed() {
        assertThat(new MemoryLimits(6 * GIB, 6 * GIB, 24 * GIB, 24 * GIB, OptionalLong.empty())
                        .finding()
                        .advice())
                .isEmpty();
        assertThat(new MemoryLimits(6 * GIB, 6 * GIB, 24 * GIB, 24 * GIB, OptionalLong.of(8 * GIB))
                        .finding()
                        .advice())
                .get()
                .asString()
                .contains("outgrow the 8.0 GiB", "-Xmx2048m", "maxBytes=4096m", "maxPhysicalBytes=7372m");
        assertThat(new MemoryLimits(GIB, GIB, 4 * GIB, 24 * GIB, OptionalLong.empty())
                        .finding()
                        .advice())
                .get()
                .asString()
                .contains("only 1.0 GiB of 24.0 GiB", "-Dorg.bytedeco.javacpp.maxBytes=17203m");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String run(List<String> options, Predicate<String> wanted) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.add("-classpath");
        command.add(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(wanted)
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(Doctor.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + "exit " + process.waitFor();
    }
}
