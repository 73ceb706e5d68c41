package org.espalier.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.espalier.benchmarks.Entry;
import org.espalier.benchmarks.Peers;
import org.espalier.benchmarks.Phase;
import org.espalier.benchmarks.networks.ClassifierTask;
import org.espalier.benchmarks.networks.DigitsTask;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.benchmarks.update.Task;

/** The peers' part in the benchmarks. */
public final class PeerEntries implements Peers {
    @Override
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(List.of(
                Entry.of("update", "libtorch l1+l2", () -> new TorchUpdate(Task.COUNT, true)),
                Entry.of("update", "libtorch none", () -> new TorchUpdate(Task.COUNT, false)),
                Entry.of("unet", "libtorch l1+l2", () -> torchUnet(Recipe.UNET)),
                Entry.of("unet", "libtorch none", () -> torchUnet(Recipe.UNET.plain())),
                Entry.of("unet", "dl4j l1+l2", PeerEntries::dl4jUnet),
                Entry.of("unet-memory", "libtorch l1+l2", () -> torchUnet(Recipe.UNET)),
                Entry.of("unet-memory", "libtorch none", () -> torchUnet(Recipe.UNET.plain())),
                Entry.of("unet-memory", "dl4j l1+l2", PeerEntries::dl4jUnet),
                Entry.of(
                        "digits",
                        "libtorch weight_decay",
                        () -> TorchTraining.digits(new TorchDigits(Weights.drawn()), DigitsTask.epoch())),
                Entry.of(
                        "digits",
                        "dl4j l2",
                        () -> Dl4jTraining.digits(Dl4jNetworks.digits(Weights.drawn()), DigitsTask.epoch())),
                Entry.of("mlp", "libtorch l1+l2", () -> torchMlp(Recipe.MLP)),
                Entry.of("mlp", "libtorch none", () -> torchMlp(Recipe.MLP.plain())),
                Entry.of("mlp", "dl4j l1+l2", () -> Dl4jTraining.mlp(Dl4jNetworks.mlp(Weights.drawn()))),
                new Entry("infer", "onnxruntime unet-256", "espalier unet-256", OnnxInference::unet),
                new Entry("infer", "onnxruntime digits", "espalier digits", OnnxInference::digits)));
        for (ClassifierTask task : ClassifierTask.ALL) {
            entries.add(Phase.STEP.entry(task, "libtorch", "", () -> torchTraining(task)));
            entries.add(Phase.INFERENCE.entry(task, "libtorch", "", () -> new TorchInference(task, Weights.drawn())));
        }
        return entries;
    }

    private static Subject torchTraining(ClassifierTask task) {
        return TorchTraining.classifier(task, TorchClassifiers.of(task, Weights.drawn()));
    }

    private static Subject torchUnet(Recipe recipe) {
        return TorchTraining.unet(new TorchUnet(Weights.drawn(), 8, 64, true), 256, recipe);
    }

    private static Subject dl4jUnet() {
        return Dl4jTraining.unet(Dl4jUnet.of(Weights.drawn(), 8, 64, true), 256);
    }

    private static Subject torchMlp(Recipe recipe) {
        return TorchTraining.mlp(new TorchMlp(Weights.drawn()), recipe);
    }
}
