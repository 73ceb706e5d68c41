package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start-up of an application, in a process of its own, with more or less on its class path. */
class StartUpTest {
    /** The application. */
    static final class Application {
        public static void main(String[] arguments) {
            for (int attempt = 0; attempt < 2; attempt++) {
                try (TinyNetwork network = TinyNetwork.create(Init.seed(1))) {
                    System.out.println(
                            "created " + network.parameters().stream().count());
                } catch (IllegalStateException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    @TempDir
    Path temporary;

    @Test
    void printsNothingWithoutALoggingBackend() throws IOException, InterruptedException {
        assertThat(run(without("slf4j-nop"))).containsExactly("created 6", "created 6");
    }

    @Test
    void leavesSlf4jAloneWhereThereIsALoggingBackend() throws IOException, InterruptedException {
        // A second backend, about which SLF4J must warn as ever.
        Path services = Files.createDirectories(temporary.resolve("META-INF/services"));
        Files.writeString(services.resolve("org.slf4j.spi.SLF4JServiceProvider"), "com.example.Missing\n");

        assertThat(run(classPath() + File.pathSeparator + temporary)).anyMatch(line -> line.startsWith("SLF4J"));
    }

    @Test
    void namesTheBackendThatIsMissing() throws IOException, InterruptedException {
        assertThat(run(without("nd4j-native", "slf4j-nop")))
                .hasSize(2)
                .allMatch(line -> line.startsWith("there is nothing to compute with on the class path: add"
                        + " org.espalier:espalier-runtime-cpu, which brings org.nd4j:nd4j-native and, for the platform"
                        + " that Maven runs on, its libraries with the classifier "));
    }

    @Test
    void namesTheClassifiersThatAreMissing() throws IOException, InterruptedException {
        String platform = platform();

        assertThat(run(without("slf4j-nop", classifier("javacpp"), classifier("openblas"), classifier("nd4j-native"))))
                .hasSize(2)
                .allMatch(line -> line.startsWith("native libraries for " + platform
                        + " are missing on the class path: add org.nd4j:nd4j-native with the classifier " + platform))
                .allMatch(line -> line.contains("org.bytedeco:javacpp with the classifier " + platform + ", "
                        + "org.bytedeco:openblas with the classifier " + platform));
    }

    @Test
    void namesTheOneClassifierThatIsMissing() throws IOException, InterruptedException {
        assertThat(run(without("slf4j-nop", classifier("openblas"))))
                .hasSize(2)
                .allMatch(line -> line.equals("native libraries for " + platform()
                        + " are missing on the class path: add org.bytedeco:openblas with the classifier " + platform()
                        + ", each in the version of the jar of the same name without a classifier"));
    }

    private List<String> run(String classPath) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-classpath",
                classPath,
                Application.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    /** The class path of this test without some jars. */
    private static String without(String... jars) {
        Predicate<String> stays = entry -> Arrays.stream(jars)
                .noneMatch(jar -> Path.of(entry).getFileName().toString().startsWith(jar));
        return Arrays.stream(classPath().split(File.pathSeparator))
                .filter(stays)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** The jar of an artifact's native libraries: longer by its classifier than the other one. */
    private static String classifier(String artifact) {
        return Arrays.stream(classPath().split(File.pathSeparator))
                .map(entry -> Path.of(entry).getFileName().toString())
                .filter(name -> name.startsWith(artifact + "-") && name.contains(platform()))
                .findFirst()
                .orElseThrow();
    }

    private static String platform() {
        return org.bytedeco.javacpp.Loader.getPlatform();
    }
}
