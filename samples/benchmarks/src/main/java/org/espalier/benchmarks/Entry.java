package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.benchmarks.subject.Subject;

/**
 * The part that a subject takes in a benchmark.
 *
 * @param benchmark the benchmark's name
 * @param subject the subject's name, {@code libtorch l1+l2}
 * @param reference the subject whose figures its own are divided by
 * @param launch its process
 */
public record Entry(String benchmark, String subject, String reference, Launch launch) {
    /** Name of the subject whose figures others' are divided by unless an entry says otherwise. */
    public static final String ESPALIER = "espalier";

    /** Processes that subjects run in. */
    public sealed interface Launch {}

    /**
     * A JVM, which makes the subject and serves it by {@link SubjectMain}.
     *
     * @param options beside those that all have
     * @param start makes the subject
     */
    public record Jvm(List<String> options, Supplier<Subject> start) implements Launch {
        /** Copies the options. */
        public Jvm {
            options = List.copyOf(options);
        }
    }

    /**
     * A program that reads the orders of {@link SubjectMain} and answers them as that does.
     *
     * @param words of its command line
     */
    public record Program(List<String> words) implements Launch {
        /** Copies the words. */
        public Program {
            words = List.copyOf(words);
        }
    }

    /** Checks the names, which are columns of a CSV file. */
    public Entry {
        if (subject.contains(",") || subject.contains("\"")) {
            throw new IllegalArgumentException("a subject's name has no comma and no quote, but this has: " + subject);
        }
    }

    /** One whose JVM has no options of its own. */
    public Entry(String benchmark, String subject, String reference, Supplier<Subject> start) {
        this(benchmark, subject, reference, new Jvm(List.of(), start));
    }

    /** One that is compared with Espalier. */
    public static Entry of(String benchmark, String subject, Supplier<Subject> start) {
        return new Entry(benchmark, subject, ESPALIER, start);
    }

    /**
     * The same in a JVM that has the Vector API.
     *
     * @throws IllegalStateException if it is no JVM
     */
    public Entry withVectors() {
        List<String> options = new ArrayList<>(jvm().options());
        options.add("--add-modules=jdk.incubator.vector");
        return new Entry(benchmark, subject, reference, new Jvm(options, jvm().start()));
    }

    /**
     * The subject's JVM.
     *
     * @throws IllegalStateException if it has none
     */
    Jvm jvm() {
        if (launch instanceof Jvm jvm) {
            return jvm;
        }
        throw new IllegalStateException(subject + " of " + benchmark + " is no Java, but " + launch);
    }
}
