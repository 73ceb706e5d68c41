package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * That a subject takes part in a benchmark.
 *
 * @param benchmark the benchmark's name
 * @param subject the subject's name, {@code libtorch l1+l2}
 * @param reference the subject whose figures its own are divided by
 * @param options of its JVM, beside those that all have
 * @param start makes it
 */
public record Entry(String benchmark, String subject, String reference, List<String> options, Supplier<Subject> start) {
    /** Name of the subject whose figures others' are divided by unless an entry says otherwise. */
    public static final String ESPALIER = "espalier";

    /** Checks the names, which are columns of a CSV file. */
    public Entry {
        options = List.copyOf(options);
        if (subject.contains(",") || subject.contains("\"")) {
            throw new IllegalArgumentException("a subject's name has no comma and no quote, but this has: " + subject);
        }
    }

    /** One whose JVM has no options of its own. */
    public Entry(String benchmark, String subject, String reference, Supplier<Subject> start) {
        this(benchmark, subject, reference, List.of(), start);
    }

    /** One that is compared with Espalier. */
    public static Entry of(String benchmark, String subject, Supplier<Subject> start) {
        return new Entry(benchmark, subject, ESPALIER, start);
    }

    /** The same in a JVM that has the Vector API. */
    public Entry withVectors() {
        List<String> more = new ArrayList<>(options);
        more.add("--add-modules=jdk.incubator.vector");
        return new Entry(benchmark, subject, reference, more, start);
    }
}
