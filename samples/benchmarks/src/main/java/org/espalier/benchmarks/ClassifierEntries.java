package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.benchmarks.networks.ClassifierTask;
import org.espalier.benchmarks.networks.InferenceSubject;
import org.espalier.benchmarks.networks.Lstm;
import org.espalier.benchmarks.networks.MobileNetV2;
import org.espalier.benchmarks.networks.Perceptron;
import org.espalier.benchmarks.networks.ResNet18;
import org.espalier.benchmarks.networks.TrainingSubject;
import org.espalier.benchmarks.networks.Transformer;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;

/** Espalier's part in the benchmarks of well-known networks: training step and inference, with and without vectors. */
public final class ClassifierEntries {
    private ClassifierEntries() {}

    static List<Entry> all() {
        List<Entry> entries = new ArrayList<>();
        add(entries, ClassifierTask.RESNET18, ResNet18::create);
        add(entries, ClassifierTask.MOBILENETV2, MobileNetV2::create);
        add(entries, ClassifierTask.TRANSFORMER, Transformer::create);
        add(entries, ClassifierTask.LSTM, Lstm::create);
        add(entries, ClassifierTask.PERCEPTRON, Perceptron::create);
        return entries;
    }

    private static <N extends Network & Supervised> void add(
            List<Entry> entries, ClassifierTask task, TrainingSubject.Maker<N> maker) {
        add(entries, task, Phase.STEP, () -> TrainingSubject.classifier(maker, task));
        add(entries, task, Phase.INFERENCE, () -> InferenceSubject.classifier(maker, task));
    }

    private static void add(List<Entry> entries, ClassifierTask task, Phase phase, Supplier<Subject> start) {
        entries.add(phase.entry(task, Entry.ESPALIER, "", start).withVectors());
        entries.add(phase.entry(task, Entry.ESPALIER, " without vectors", start));
    }
}
