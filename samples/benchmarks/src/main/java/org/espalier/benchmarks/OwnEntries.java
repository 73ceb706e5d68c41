package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.benchmarks.compile.CompilerSubject;
import org.espalier.benchmarks.compile.IdleBuildSubject;
import org.espalier.benchmarks.networks.InferenceSubject;
import org.espalier.benchmarks.networks.TrainingSubject;
import org.espalier.benchmarks.networks.Unet256;
import org.espalier.benchmarks.networks.UnetPlain256;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.benchmarks.update.FloorSubject;
import org.espalier.benchmarks.update.FusedSubject;
import org.espalier.benchmarks.update.OpsSubject;
import org.espalier.benchmarks.update.Task;

/** Espalier's own part in the benchmarks, and that of ND4J and of Java, which are there in any case. */
final class OwnEntries {
    private OwnEntries() {}

    static List<Entry> all() {
        List<Entry> entries = new ArrayList<>(List.of(
                Entry.of("update", "espalier", () -> new FusedSubject(Task.COUNT))
                        .withVectors(),
                Entry.of("update", "espalier without vectors", () -> new FusedSubject(Task.COUNT)),
                Entry.of("update", "floor", () -> new FloorSubject(Task.COUNT)),
                Entry.of("update", "nd4j ops", () -> new OpsSubject(Task.COUNT)),
                Entry.of("unet", "espalier", OwnEntries::unet).withVectors(),
                Entry.of("unet", "espalier without vectors", OwnEntries::unet),
                Entry.of("regcost", "espalier", OwnEntries::unet).withVectors(),
                Entry.of("regcost", "espalier none", () -> TrainingSubject.unet(UnetPlain256::create, 1, 256, 0))
                        .withVectors(),
                Entry.of("unet-memory", "espalier", OwnEntries::unet).withVectors(),
                Entry.of("digits", "espalier", TrainingSubject::digits).withVectors(),
                Entry.of("mlp", "espalier", TrainingSubject::mlp).withVectors(),
                new Entry("infer", "espalier unet-256", "espalier unet-256", InferenceSubject::unet).withVectors(),
                new Entry("infer", "espalier digits", "espalier digits", InferenceSubject::digits).withVectors(),
                new Entry("infer", "espalier digits without vectors", "espalier digits", InferenceSubject::digits),
                compiling("espalier unet-256", CompilerSubject::unet),
                compiling("espalier resnet-18", CompilerSubject::resnet)));
        for (int layers : new int[] {1_000, 10_000}) {
            entries.add(compiling("espalier " + layers + " layers", () -> CompilerSubject.chain(layers)));
        }
        entries.add(compiling("espalier idle goal", IdleBuildSubject::goal));
        entries.add(compiling("espalier idle plugin", IdleBuildSubject::plugin));
        entries.addAll(Scaling.entries());
        return entries;
    }

    private static Entry compiling(String subject, Supplier<Subject> start) {
        return new Entry("compile", subject, "espalier 1000 layers", start);
    }

    private static Subject unet() {
        return TrainingSubject.unet(Unet256::create, 1, 256, 0);
    }
}
