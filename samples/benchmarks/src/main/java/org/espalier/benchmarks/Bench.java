package org.espalier.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs benchmarks, prints a line for each subject, and writes {@code target/bench/NAME.csv}. */
public final class Bench {
    static final Path RESULTS = Path.of("target", "bench");

    /** The file that says what machine the results are of. */
    static final String MACHINE = "machine.txt";

    private final boolean quick;
    private final List<String> failures = new ArrayList<>();

    private Bench(boolean quick) {
        this.quick = quick;
    }

    /**
     * Measures. Ends with status 1 if a name is wrong, or a subject could not be measured; the others are measured all
     * the same.
     *
     * @param args names of benchmarks, with commas between them, or {@code all}
     * @throws IOException if results cannot be written
     */
    public static void main(String[] args) throws IOException {
        List<Benchmark> benchmarks;
        try {
            benchmarks = Benchmarks.named(String.join(",", args));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(1);
            return;
        }
        Bench bench = new Bench(Boolean.parseBoolean(System.getProperty("bench.quick", "false")));
        System.out.println(Machine.describe());
        Files.createDirectories(RESULTS);
        Files.writeString(RESULTS.resolve(MACHINE), Machine.describe() + "\n");
        for (Benchmark benchmark : benchmarks) {
            bench.run(benchmark);
        }
        bench.failures.forEach(System.err::println);
        System.exit(bench.failures.isEmpty() ? 0 : 1);
    }

    private void run(Benchmark benchmark) throws IOException {
        System.out.println();
        System.out.println(benchmark.name() + ": " + benchmark.what());
        if (quick) {
            System.out.println("bench.quick is set: these figures show that everything works, and nothing else");
        }
        Figures figures = new Figures(benchmark);
        List<SubjectProcess> processes = new ArrayList<>();
        try {
            for (Entry entry : Benchmarks.entries(benchmark)) {
                start(entry, processes);
            }
            measure(benchmark, processes, figures);
        } finally {
            processes.forEach(SubjectProcess::close);
        }
        List<Row> rows = figures.rows();
        rows.forEach(Bench::print);
        Path file = RESULTS.resolve(benchmark.name() + ".csv");
        Csv.write(file, rows);
        System.out.println(file.toAbsolutePath());
    }

    private void start(Entry entry, List<SubjectProcess> processes) {
        try {
            SubjectProcess process = new SubjectProcess(entry);
            processes.add(process);
            System.out.printf("  %-24s runs on %s%n", entry.subject(), process.build());
        } catch (SubjectException failure) {
            System.out.printf("  %-24s was not measured%n", entry.subject());
            failures.add(entry.benchmark() + ": " + failure.getMessage());
        }
    }

    private void measure(Benchmark benchmark, List<SubjectProcess> processes, Figures figures) {
        MeasuringTime effort = MeasuringTime.of(benchmark, quick);
        List<List<Double>> times = benchmark.method() == Benchmark.Method.JMH
                ? Jmh.measure(processes.stream().map(SubjectProcess::entry).toList(), quick)
                : new Turns(effort).measure(processes);
        for (int i = 0; i < processes.size(); i++) {
            SubjectProcess process = processes.get(i);
            if (benchmark.method() != Benchmark.Method.MEMORY) {
                figures.time(process.entry(), Median.of(times.get(i)), process.amount());
            } else if (process.memory() >= 0) {
                figures.memory(process.entry(), process.memory());
            } else {
                failures.add(benchmark.name() + ": this system does not tell what memory a process held; Linux does");
            }
        }
    }

    private static void print(Row row) {
        System.out.printf(
                Locale.ROOT,
                "  %-24s %-10s %10s %-9s %8.3f x%n",
                row.subject(),
                row.metric(),
                Csv.number(row.value()),
                row.unit(),
                row.ratio());
    }
}
