package org.espalier.runtime.train.metric;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A number that says how well outputs fit targets. It is gathered batch by batch, so that no batch counts too much. */
public interface Metric {
    /** Its name in reports and files: {@code accuracy}. */
    String name();

    /** Tells whether a greater number is better. */
    boolean higherIsBetter();

    /** Forgets what was gathered. */
    void reset();

    /**
     * Gathers a batch.
     *
     * @param output what the network answered, {@code [batch, …]}
     * @param target what it should have, {@code [batch, …]}
     * @throws IllegalArgumentException if the shapes are not those that it is for
     */
    void add(INDArray output, INDArray target);

    /** The number for all that was gathered since {@link #reset}; NaN if that does not tell. */
    double value();
}
