package org.espalier.benchmarks;

import java.util.List;
import java.util.function.Supplier;
import org.espalier.benchmarks.networks.ClassifierTask;
import org.espalier.benchmarks.subject.Subject;

/** The parts of a benchmark that measures a network both ways. */
public enum Phase {
    /** A training step. */
    STEP("step"),
    /** A prediction. */
    INFERENCE("inference");

    private final String word;

    Phase(String word) {
        this.word = word;
    }

    /** As subjects are called after it. */
    public String word() {
        return word;
    }

    /**
     * The entry of a subject that runs in a JVM.
     *
     * @param who takes part, {@code libtorch}
     * @param mode of it, with a space before it; empty if it has no others
     */
    public Entry entry(ClassifierTask task, String who, String mode, Supplier<Subject> start) {
        return entry(task, who, mode, new Entry.Jvm(List.of(), start));
    }

    /** The entry of a subject, whose figures are divided by Espalier's in the same phase. */
    Entry entry(ClassifierTask task, String who, String mode, Entry.Launch launch) {
        return new Entry(task.benchmark(), who + " " + word + mode, Entry.ESPALIER + " " + word, launch);
    }
}
