package org.espalier.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.benchmarks.networks.ClassifierTask;

/**
 * Python's PyTorch, in each of the modes that its users choose from. It takes part if {@code -Dbench.python} names a
 * Python that has it.
 */
final class PytorchEntries {
    /** The property that names the Python. */
    static final String PYTHON = "bench.python";

    private static final String SCRIPT =
            Path.of("src", "main", "python", "pytorch_subject.py").toString();

    private PytorchEntries() {}

    static List<Entry> all() {
        String python = System.getProperty(PYTHON, "");
        List<Entry> entries = new ArrayList<>();
        for (ClassifierTask task : python.isEmpty() ? List.<ClassifierTask>of() : ClassifierTask.ALL) {
            for (Phase phase : Phase.values()) {
                for (String mode : modes(task, phase)) {
                    entries.add(phase.entry(
                            task, "pytorch", " " + mode, new Entry.Program(command(python, task, phase, mode))));
                }
            }
        }
        return entries;
    }

    /** Tells whether Python's PyTorch takes the place of a subject: of libtorch, which is an older PyTorch. */
    static boolean replaces(Entry entry) {
        return !System.getProperty(PYTHON, "").isEmpty()
                && entry.subject().startsWith("libtorch")
                && ClassifierTask.ALL.stream().anyMatch(task -> task.benchmark().equals(entry.benchmark()));
    }

    /** The command line that serves a subject. */
    static List<String> command(String python, ClassifierTask task, Phase phase, String mode) {
        return List.of(python, SCRIPT, task.benchmark(), phase.word(), mode);
    }

    /** Modes of a network: words with + between them, which the script explains. */
    static List<String> modes(ClassifierTask task, Phase phase) {
        boolean step = phase == Phase.STEP;
        // Without it, steps differ by a slower optimizer alone.
        List<String> modes = new ArrayList<>(List.of(step ? "fused" : "eager"));
        if (task.sample().size() == 3) {
            modes.add(step ? "fused+channels_last" : "channels_last");
        }
        // The compiler leaves LSTMs to PyTorch's own kernel.
        if (!task.equals(ClassifierTask.LSTM)) {
            modes.add(step ? "fused+compile" : "compile+freezing");
        }
        return modes;
    }
}
