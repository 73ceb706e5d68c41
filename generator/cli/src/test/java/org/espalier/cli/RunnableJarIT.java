package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    @Test
    void saysInOneLineThatTheLocaleLacksTheNameOfAClass() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("line.net"), """
            network Größe {
                input x: float[batch, 1]
                line = Linear(1, 1)
                output y = line(x)
            }
            """);

        assertThat(run(Map.of("LC_ALL", "C"), "check", "line.net"))
                .isEqualToNormalizingNewlines("no errors or warnings\nexit 0");
        String output = run(Map.of("LC_ALL", "C"), "compile", "--output", "generated", "line.net");

        // Windows and macOS have every character, whatever the locale.
        assumeThat(folder.resolve("generated").toFile()).doesNotExist();
        assertThat(output.lines()).hasSize(2);
        assertThat(output)
                .startsWith("espalier: cannot use the file name 'Gr")
                .contains("set the environment variable LC_ALL to a UTF-8 locale")
                .endsWith("exit 1");
    }

    @Test
    void answersAnEditorAndWritesNothingElse() throws IOException, InterruptedException {
        String input =
                message("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}")
                        + message("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}")
                        + message("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");

        String output = runWith(Map.of(), input, "language-server");

        assertThat(output).matches("(?s)(Content-Length: \\d+\r\n\r\n\\{[^\r\n]*\\}){2}exit 0");
    }

    private static String message(String json) {
        return "Content-Length: " + json.length() + "\r\n\r\n" + json;
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), arguments);
    }

    private String run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        return runWith(environment, "", arguments);
    }

    private String runWith(Map<String, String> environment, String input, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-jar");
        command.add(System.getProperty("espalier.jar"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output + "exit " + process.exitValue();
    }
}
