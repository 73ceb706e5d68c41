package org.espalier.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The other end of {@link SubjectMain}. Subjects have processes of their own because their native libraries would
 * disturb each other in one: they would share OpenBLAS with its number of threads, and OpenMP.
 */
final class SubjectProcess implements AutoCloseable {
    /** The same for all. Networks of Espalier keep the optimizer's numbers on the heap. */
    private static final List<String> JVM = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx3g",
            // ONNX Runtime needs more than a thread's usual megabyte of stack to start, and dies without a word.
            "-Xss8m",
            // JavaCPP would collect garbage when a peer comes near what it takes for the limit.
            "-Dorg.bytedeco.javacpp.maxBytes=0",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");

    private final Entry entry;
    private final Process process;
    private final PrintStream orders;
    private final BufferedReader answers;
    private final double amount;
    private final String build;

    /**
     * Starts the process and waits until the subject is ready.
     *
     * @throws SubjectException if it ends instead
     */
    SubjectProcess(Entry entry) {
        this.entry = entry;
        try {
            process = new ProcessBuilder(command(entry))
                    .redirectError(Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new SubjectException(entry.subject() + " cannot be started: " + e.getMessage());
        }
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String[] ready = answer().split(" ", 2);
        amount = Double.parseDouble(ready[0]);
        build = ready[1];
    }

    private static List<String> command(Entry entry) {
        if (entry.launch() instanceof Entry.Program program) {
            return program.words();
        }
        List<String> command = new ArrayList<>(List.of(javaCommand()));
        command.addAll(jvmArguments(entry));
        command.addAll(List.of(
                "-classpath",
                System.getProperty("java.class.path"),
                SubjectMain.class.getName(),
                entry.benchmark(),
                entry.subject()));
        return command;
    }

    /** Returns the arguments that a subject's JVM is started with. */
    static List<String> jvmArguments(Entry entry) {
        List<String> arguments = new ArrayList<>(JVM);
        arguments.addAll(entry.jvm().options());
        for (String property : List.of("bench.maven", "bench.repository", "bench.version")) {
            String value = System.getProperty(property);
            if (value != null) {
                arguments.add("-D" + property + "=" + value);
            }
        }
        return arguments;
    }

    private static String javaCommand() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    Entry entry() {
        return entry;
    }

    double amount() {
        return amount;
    }

    String build() {
        return build;
    }

    /** Does some steps, and returns the nanoseconds of one. */
    double run(int steps) {
        orders.println("run " + steps);
        return Double.parseDouble(answer()) / steps;
    }

    /** Bytes that the process held at most, or -1 where that is not known. */
    long memory() {
        orders.println("memory");
        return Long.parseLong(answer());
    }

    private String answer() {
        try {
            String line = answers.readLine();
            while (line != null && !line.startsWith(SubjectMain.ANSWER)) {
                line = answers.readLine();
            }
            if (line == null) {
                throw new SubjectException(entry.subject() + " ended with status " + status()
                        + " before it answered; what it said about that stands above");
            }
            return line.substring(SubjectMain.ANSWER.length());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what " + entry.subject() + " answers", e);
        }
    }

    private String status() {
        try {
            return process.waitFor(5, TimeUnit.SECONDS) ? Integer.toString(process.exitValue()) : "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    /** Tells the process to end, and waits for that. */
    @Override
    public void close() {
        orders.println("quit");
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
