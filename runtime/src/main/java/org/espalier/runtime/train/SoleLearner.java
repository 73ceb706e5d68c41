package org.espalier.runtime.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that learns by itself. */
final class SoleLearner extends Learner {
    /** A whole step, if the network has one for a batch. */
    private final @Nullable Function<Batch, StepReport> step;

    private final Function<Batch, INDArray> forward;
    private final ToDoubleFunction<Batch> loss;
    private final @Nullable Runnable backward;

    private SoleLearner(
            Network network,
            @Nullable Function<Batch, StepReport> step,
            Function<Batch, INDArray> forward,
            ToDoubleFunction<Batch> loss,
            @Nullable Runnable backward) {
        super(network);
        this.step = step;
        this.forward = forward;
        this.loss = loss;
        this.backward = backward;
    }

    /** A network with one input and one target. */
    static <N extends Network & Supervised> SoleLearner of(N network) {
        return new SoleLearner(
                network,
                batch -> network.trainStep(batch.input(), batch.target()),
                batch -> network.forward(batch.input()),
                batch -> network.loss(batch.target()),
                network::backward);
    }

    /** A network whose inputs and targets functions give to it. */
    static SoleLearner of(
            Network network, Function<Batch, INDArray> forward, ToDoubleFunction<Batch> loss, Runnable backward) {
        return new SoleLearner(network, null, forward, loss, backward);
    }

    /** A network whose steps somebody else makes. */
    static SoleLearner ofSteps(
            Network network,
            Function<Batch, StepReport> step,
            Function<Batch, INDArray> forward,
            ToDoubleFunction<Batch> loss) {
        return new SoleLearner(network, step, forward, loss, null);
    }

    /** Tells whether gradients of several batches can be one step. */
    boolean accumulates() {
        return backward != null;
    }

    @Override
    StepReport step(Batch batch) {
        if (step != null) {
            return step.apply(batch);
        }
        accumulate(batch);
        return network().update();
    }

    /**
     * Adds the gradient of a batch to those that wait for {@link #update}.
     *
     * @return the data loss
     */
    double accumulate(Batch batch) {
        Objects.requireNonNull(forward.apply(batch), "the output of the function that runs forward");
        double dataLoss = loss.applyAsDouble(batch);
        Objects.requireNonNull(backward, "a backward").run();
        return dataLoss;
    }

    /** Makes a step of the accumulated gradients, times a factor. */
    StepReport update(double factor) {
        return network().updateScaled(factor);
    }

    @Override
    INDArray forward(Batch batch) {
        return forward.apply(batch);
    }

    @Override
    double loss(Batch batch) {
        return loss.applyAsDouble(batch);
    }

    @Override
    void saveCheckpoint(Path file, Map<String, String> notes, Map<String, INDArray> averages) {
        network().saveCheckpoint(file, notes, averages);
    }

    @Override
    void resume(Path file, Map<String, INDArray> averages) {
        network().resume(file, averages);
    }
}
