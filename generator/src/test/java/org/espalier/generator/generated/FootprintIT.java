package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares what a network says of its memory with what the operating system says of a process; in verify only. */
class FootprintIT {
    @Test
    void aProcessGrowsByWhatTheNetworkSays() throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms900m",
                        "-Xmx900m",
                        "-XX:+UseSerialGC",
                        "-XX:+AlwaysPreTouch",
                        "-classpath",
                        classPath,
                        FootprintProbe.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String[] numbers = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip()
                .split(" ", -1);

        assertThat(numbers).hasSize(2);
        assertThat(Long.valueOf(numbers[0])).isCloseTo(Long.valueOf(numbers[1]), withPercentage(5));
    }
}
