package org.espalier.weights;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A class of the tests, run by a JVM of its own that can be killed. */
public final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private OtherProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Runs a class's main method on the class path of this process. */
    public static OtherProcess start(Class<?> main, String... arguments) throws IOException {
        return new OtherProcess(new ProcessBuilder(command(main, "-XX:TieredStopAtLevel=1", arguments))
                .redirectErrorStream(true)
                .start());
    }

    /**
     * Runs a class's main method as {@link #start} does, where no file can grow larger than a limit: as on a disk that
     * is full. Windows has no such limit: tests that need one are skipped there.
     */
    public static OtherProcess startLimited(int kilobytes, Class<?> main, String... arguments) throws IOException {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"));
        // Of bash: other shells count in blocks of 512 bytes.
        List<String> command =
                new ArrayList<>(List.of("bash", "-c", "ulimit -f " + kilobytes + " && exec \"$@\"", "bash"));
        command.addAll(command(main, "-XX:-UsePerfData", arguments));
        return new OtherProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private static List<String> command(Class<?> main, String option, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Waits until it prints a line that contains a text. */
    public void awaitLine(String text) throws IOException {
        StringBuilder printed = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.append(line).append('\n');
            if (line.contains(text)) {
                return;
            }
        }
        throw new AssertionError("the other process ended without printing '" + text + "', but:\n" + printed);
    }

    /**
     * Waits until it has printed a line so many times, and nothing else.
     *
     * @return false if it ended by itself before, without an error
     */
    public boolean awaitLines(String text, int count) throws IOException, InterruptedException {
        StringBuilder others = new StringBuilder();
        int seen = 0;
        while (seen < count) {
            String line = output.readLine();
            if (line == null) {
                int code = process.waitFor();
                if (code != 0) {
                    throw new AssertionError("the other process ended with code " + code + ":\n" + others);
                }
                return false;
            } else if (line.equals(text)) {
                seen++;
            } else {
                others.append(line).append('\n');
            }
        }
        return true;
    }

    /** Waits until it ends by itself. */
    public int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    /** Kills it, as an operating system does that has no memory left. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** For the other process: does nothing until it is killed. */
    public static void waitToBeKilled() {
        try {
            TimeUnit.MINUTES.sleep(5);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }
}
