package org.espalier.runtime;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.runtime.storage.ArrayBytes;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rolls back a training step that failed: a forward moves running statistics and draws random numbers before a later
 * layer, or the loss, finds its input wrong. Weights are changed by the update, which comes last and cannot be taken
 * back.
 */
public final class StepUndo {
    private final NetworkSpi network;
    private final List<Statistic> statistics = new ArrayList<>();
    private long randomSeed;
    private long randomState;
    private long updates;
    private long stepsBefore;
    private boolean gradientsWaited;

    /**
     * @param array keeps the memory of {@code numbers}
     * @param numbers all of the array
     * @param kept what they were before the step
     */
    private record Statistic(INDArray array, ByteBuffer numbers, ByteBuffer kept) {
        static Statistic of(INDArray array) {
            ByteBuffer numbers = ArrayBytes.of(array);
            return new Statistic(array, numbers, ByteBuffer.allocate(numbers.limit()));
        }

        void keep() {
            kept.put(0, numbers, 0, numbers.limit());
        }

        void putBack() {
            numbers.put(0, kept, 0, kept.limit());
        }
    }

    /** Of a network; it takes as much memory as the network's running statistics. */
    public StepUndo(Network network) {
        this((NetworkSpi) network);
    }

    /** The same for the network itself. */
    StepUndo(NetworkSpi network) {
        this.network = network;
        network.steps.run(
                () -> network.statistics.arrays().values().forEach(array -> statistics.add(Statistic.of(array))));
    }

    /**
     * Runs a step, and remembers the network as it is before it. A network's own steps rely on that, and do not copy
     * its statistics a second time.
     *
     * @throws IllegalStateException if the network is closed, or another thread is using it
     */
    public StepReport remember(Supplier<StepReport> step) {
        return network.steps.use(() -> {
            markForward();
            updates = network.update.count();
            stepsBefore = network.update.steps();
            gradientsWaited = network.accumulate;
            network.marked(this);
            try {
                return step.get();
            } finally {
                network.marked(null);
            }
        });
    }

    /**
     * Makes the network what it was before the last step, with no gradient waiting.
     *
     * @return whether it is; not if the update had begun, or used gradients from before the step
     * @throws IllegalStateException if the network is closed
     */
    public boolean undo() {
        return network.steps.use(() -> {
            if (gradientsWaited || network.update.count() != updates || network.update.steps() != stepsBefore) {
                return false;
            }
            undoForward();
            network.parameters.zeroGradients();
            network.forgetWaiting();
            return true;
        });
    }

    /** Remembers what a forward changes that is not computed anew by the next one; for the network itself. */
    void markForward() {
        statistics.forEach(Statistic::keep);
        randomSeed = network.randomSeed();
        randomState = network.random.state();
    }

    /** Makes that what it was. */
    void undoForward() {
        statistics.forEach(Statistic::putBack);
        network.random(randomSeed, randomState);
    }
}
