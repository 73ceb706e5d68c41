package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Turns what was measured into rows. */
final class Figures {
    private final Benchmark benchmark;
    private final List<Figure> figures = new ArrayList<>();

    private record Figure(Entry entry, String metric, double value, String unit) {}

    Figures(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    /**
     * The time of a step, or of the whole that several make up, and its throughput if the benchmark has one.
     *
     * @param nanoseconds of a step
     * @param amount what a step does, in what the throughput counts
     */
    void time(Entry entry, double nanoseconds, double amount) {
        figures.add(new Figure(
                entry,
                "time",
                benchmark.unit().of(nanoseconds * benchmark.parts()),
                benchmark.unit().symbol()));
        if (amount > 0) {
            figures.add(new Figure(entry, "throughput", amount / (nanoseconds / 1e9), benchmark.throughput()));
        }
    }

    /** Memory that a process held at most. */
    void memory(Entry entry, long bytes) {
        figures.add(new Figure(entry, "memory", bytes / 1e6, "MB"));
    }

    /**
     * With each figure divided by its reference.
     *
     * @throws SubjectException if a reference was not measured
     */
    List<Row> rows() {
        return figures.stream()
                .map(figure -> new Row(
                        benchmark.name(),
                        figure.entry().subject(),
                        figure.metric(),
                        figure.value(),
                        figure.unit(),
                        figure.value() / reference(figure)))
                .toList();
    }

    private double reference(Figure figure) {
        return figures.stream()
                .filter(other -> other.metric().equals(figure.metric())
                        && other.entry().subject().equals(figure.entry().reference()))
                .findFirst()
                .orElseThrow(() -> new SubjectException(benchmark.name() + ": "
                        + figure.entry().subject() + " is compared with '"
                        + figure.entry().reference() + "', which was not measured"))
                .value();
    }
}
