package org.espalier.spark;

import java.io.Serializable;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes copies of a network on executors, and runs them there. What it refers to travels to them, so it has to be
 * serializable, as lambdas that refer to no object are.
 *
 * <pre>
 *   SparkModel&lt;Digits&gt; model = SparkModel.of(() -&gt; Digits.create(Init.seed(0)));
 * </pre>
 *
 * <p>Copies get the weights, running statistics, learning rates and λ of the driver's network before each step.
 * Whatever else a program sets there, it sets here too: layers in evaluation mode, an optimizer of its own for local
 * steps.
 *
 * @param <N> the generated class
 */
public interface SparkModel<N extends Network> extends Serializable {
    /** Makes a copy, whose weights do not matter. */
    N create();

    /** Runs {@code forward} of a batch's inputs, and returns its output. */
    INDArray forward(N network, Batch batch);

    /** Runs {@code loss} of a batch's targets. */
    double loss(N network, Batch batch);

    /** Runs {@code backward}. */
    void backward(N network);

    /** A function without arguments that can travel. */
    interface Factory<N> extends Serializable {
        /** Makes a network. */
        N create();
    }

    /** A {@code forward} that can travel. */
    interface Forward<N> extends Serializable {
        /** Runs it, and returns the output. */
        INDArray forward(N network, Batch batch);
    }

    /** A {@code loss} that can travel. */
    interface Loss<N> extends Serializable {
        /** Runs it. */
        double loss(N network, Batch batch);
    }

    /** A {@code backward} that can travel. */
    interface Backward<N> extends Serializable {
        /** Runs it. */
        void backward(N network);
    }

    /** Of a network with one input, one output and a loss. */
    static <N extends Network & Supervised> SparkModel<N> of(Factory<N> factory) {
        return of(
                factory,
                (network, batch) -> network.forward(batch.input()),
                (network, batch) -> network.loss(batch.target()),
                network -> network.backward());
    }

    /**
     * Of a network with several inputs, outputs or targets:
     *
     * <pre>
     *   SparkModel.of(
     *           () -&gt; Pairs.create(Init.seed(0)),
     *           (net, batch) -&gt; net.forward(batch.input(0), batch.input(1)),
     *           (net, batch) -&gt; net.loss(batch.target(0)),
     *           net -&gt; net.backward());
     * </pre>
     */
    static <N extends Network> SparkModel<N> of(
            Factory<N> factory, Forward<N> forward, Loss<N> loss, Backward<N> backward) {
        return new FunctionModel<>(factory, forward, loss, backward);
    }
}
