package org.espalier.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs a program and waits for it; it ends with this one. */
public final class ChildProcess {
    private ChildProcess() {}

    /**
     * What became of a program.
     *
     * @param code its exit code
     * @param output what it wrote, to both of its streams
     */
    public record Result(int code, String output) {}

    /** The JVM that this one is. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The options with which a JVM loads natives without a warning; those that it does not know it passes over. */
    public static List<String> nativeOptions() {
        return List.of(
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow");
    }

    /** Runs it, and returns what it writes. */
    public static Result run(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        Thread hook = endingWith(process);
        process.getOutputStream().close();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), Charset.defaultCharset());
            return new Result(waitFor(process), text);
        } finally {
            forget(hook);
        }
    }

    /**
     * Runs it with the terminal of this process, and gives it what it reads.
     *
     * @return its exit code
     */
    public static int runHere(List<String> command, byte[] input) throws IOException {
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread hook = endingWith(process);
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input);
            }
            return waitFor(process);
        } finally {
            forget(hook);
        }
    }

    private static Thread endingWith(Process process) {
        Thread hook = new Thread(process::destroy, "end of a child process");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // This process ends, and the hook does what it is for.
            return;
        }
    }

    private static int waitFor(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
