package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged command, as a process of its own. */
class RunnableJarIT {
    @TempDir
    Path folder;

    @Test
    void compilesWithNothingButAJava() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("line.net"), """
                network Line {
                    input x: float[batch, 1]
                    line = Linear(1, 1)
                    output y = line(x)
                }
                """);

        String output = run("compile", "--output", "generated", "line.net");

        assertThat(output).isEqualToNormalizingNewlines("generated/Line.java\n1 network, 1 file changed\nexit 0");
        assertThat(folder.resolve("generated/Line.java")).exists();
    }

    @Test
    void tellsItsVersion() throws IOException, InterruptedException {
        assertThat(run("--version")).matches("espalier \\d+\\.\\d+\\.\\d+\\S*\\Rexit 0");
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-jar");
        command.add(System.getProperty("espalier.jar"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output + "exit " + process.exitValue();
    }
}
