package org.espalier.cli.process;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs a program and waits for it; it ends with this one. */
public final class ChildProcess {
    private ChildProcess() {}

    /**
     * Result of a program.
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
     * Runs it in place of this process: with its standard input, and its terminal if it has one.
     *
     * @param out gets what it writes to standard output
     * @param err gets what it writes to standard error
     * @return its exit code
     */
    public static int runHere(List<String> command, PrintWriter out, PrintWriter err) throws IOException {
        boolean terminal = isTerminal();
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        if (terminal) {
            // It can then draw a bar.
            builder.inheritIO();
        }
        Process process = builder.start();
        Thread hook = endingWith(process);
        try {
            if (!terminal) {
                process.getOutputStream().close();
                Thread errors = new Thread(() -> copy(process.getErrorStream(), err), "errors of a child process");
                errors.start();
                copy(process.getInputStream(), out);
                join(errors);
            }
            return waitFor(process);
        } finally {
            forget(hook);
        }
    }

    /** True if standard input and output are a terminal. */
    // On JDK 17 to 21 a console is a terminal; later ones may have a console without, and a method that tells.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException noSuchMethod) {
            return true;
        }
    }

    private static void copy(InputStream from, PrintWriter to) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, Charset.defaultCharset()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                to.println(line);
                to.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
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
