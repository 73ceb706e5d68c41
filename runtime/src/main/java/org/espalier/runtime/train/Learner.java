package org.espalier.runtime.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.StepUndo;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that learns from batches, or two that learn from each other, as a training run sees them. */
abstract class Learner {
    private final List<Network> networks;

    /** Of all networks that learn, first the one that is validated, averaged and saved. */
    Learner(Network... networks) {
        this.networks = List.of(networks);
    }

    /** The network that is validated, averaged and saved. */
    final Network network() {
        return networks.get(0);
    }

    /** All that learn, {@link #network} first. */
    final List<Network> networks() {
        return networks;
    }

    /** Makes a step of one batch. */
    abstract StepReport step(Batch batch);

    /** The output for a batch, in the network's present mode. */
    abstract INDArray forward(Batch batch);

    /** The data loss of the last forward. */
    abstract double loss(Batch batch);

    /** Writes a checkpoint of all networks, see {@link Network#saveCheckpoint(Path, Map, Map)}. */
    abstract void saveCheckpoint(Path file, Map<String, String> notes, Map<String, INDArray> averages);

    /** Goes on from {@link #saveCheckpoint}. */
    abstract void resume(Path file, Map<String, INDArray> averages);

    /** Takes back a step of each network, as {@link StepUndo} does of one. */
    static final class Undo {
        private final List<StepUndo> undos;

        Undo(Learner learner) {
            this.undos = learner.networks.stream().map(StepUndo::new).toList();
        }

        /** Runs a step, and remembers the networks as they are before it. */
        StepReport remember(Supplier<StepReport> step) {
            Supplier<StepReport> remembering = step;
            for (StepUndo undo : undos) {
                Supplier<StepReport> inner = remembering;
                remembering = () -> undo.remember(inner);
            }
            return remembering.get();
        }

        /** Makes the networks what they were before the last step, and returns whether they all are. */
        boolean undo() {
            // Each in any case: the update of one does not keep the others from being what they were.
            return undos.stream().map(StepUndo::undo).toList().stream().allMatch(undone -> undone);
        }

        /** The same, and returns whether the first network is. */
        boolean undoFirst() {
            return undos.stream().map(StepUndo::undo).toList().get(0);
        }
    }
}
