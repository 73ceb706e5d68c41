package org.espalier.runtime;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Takes back what a training step that failed has changed: a forward moves running statistics and draws random numbers
 * before a later layer, or the loss, finds its input wrong. Weights are changed by the update, which comes last and
 * cannot be taken back.
 */
public final class StepUndo {
    private final Network network;
    private final List<Statistic> statistics = new ArrayList<>();
    private long randomSeed;
    private long randomState;
    private long updates;
    private long steps;
    private boolean gradientsWaited;

    /**
     * @param array keeps the memory of {@code numbers}
     * @param numbers all of the array
     * @param kept what they were at the mark
     */
    private record Statistic(INDArray array, ByteBuffer numbers, ByteBuffer kept) {
        static Statistic of(INDArray array) {
            ByteBuffer numbers = NetworkFile.bytes(array);
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
        this.network = network;
        network.use(() -> {
            network.forEachStatistic((name, array) -> statistics.add(Statistic.of(array)));
            return this;
        });
    }

    /**
     * Remembers the network as it is before a step.
     *
     * @throws IllegalStateException if the network is closed
     */
    public void mark() {
        network.use(() -> {
            markForward();
            updates = network.updates();
            steps = steps();
            gradientsWaited = network.accumulate;
            return this;
        });
    }

    /**
     * Makes the network what it was at the mark, with no gradient waiting.
     *
     * @return whether it is; not if the update had begun, or used gradients from before the mark
     * @throws IllegalStateException if the network is closed
     */
    public boolean undo() {
        return network.use(() -> {
            if (gradientsWaited || network.updates() != updates || steps() != steps) {
                return false;
            }
            undoForward();
            network.zeroGradients();
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

    /** How many steps the parameters had together: the update counts them before it changes anything. */
    private long steps() {
        long sum = 0;
        for (int tensor = 0; tensor < network.parameters().size(); tensor++) {
            sum += network.fused().steps(tensor);
        }
        return sum;
    }
}
