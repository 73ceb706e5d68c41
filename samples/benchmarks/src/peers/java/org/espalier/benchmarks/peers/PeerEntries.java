package org.espalier.benchmarks.peers;

import java.util.List;
import org.espalier.benchmarks.Entry;
import org.espalier.benchmarks.Peers;
import org.espalier.benchmarks.Subject;
import org.espalier.benchmarks.update.Task;

/** The peers' part in the benchmarks. */
public final class PeerEntries implements Peers {
    @Override
    public List<Entry> entries() {
        return List.of(
                Entry.of("update", "libtorch l1+l2", () -> new TorchUpdate(Task.COUNT, true)),
                Entry.of("update", "libtorch none", () -> new TorchUpdate(Task.COUNT, false)),
                Entry.of("unet", "libtorch l1+l2", () -> torchUnet(true)),
                Entry.of("unet", "libtorch none", () -> torchUnet(false)),
                Entry.of("unet-memory", "libtorch l1+l2", () -> torchUnet(true)),
                Entry.of("unet-memory", "libtorch none", () -> torchUnet(false)));
    }

    private static Subject torchUnet(boolean penalized) {
        return TorchTraining.unet(new TorchUnet(Weights.drawn(), 8, 64, true), 256, penalized);
    }
}
