package org.espalier.spark;

import org.espalier.runtime.Network;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model made of functions. */
record FunctionModel<N extends Network>(
        SparkModel.Factory<N> factory,
        SparkModel.Forward<N> forwards,
        SparkModel.Loss<N> losses,
        SparkModel.Backward<N> backwards)
        implements SparkModel<N> {
    @Override
    public N create() {
        return factory.create();
    }

    @Override
    public INDArray forward(N network, Batch batch) {
        return forwards.forward(network, batch);
    }

    @Override
    public double loss(N network, Batch batch) {
        return losses.loss(network, batch);
    }

    @Override
    public void backward(N network) {
        backwards.backward(network);
    }
}
