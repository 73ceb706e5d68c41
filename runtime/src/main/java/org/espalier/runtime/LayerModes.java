package org.espalier.runtime;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Modes of a network's layers: that of the network, or one of their own. */
final class LayerModes {
    private static final String MEAN = ".running_mean";

    private final String network;

    /** Modes of normalizations that have running statistics, by path. */
    private final Map<String, LayerMode> norms = new LinkedHashMap<>();

    /** The same by their running means. */
    private final IdentityHashMap<INDArray, LayerMode> byMean = new IdentityHashMap<>();

    private boolean dropsInUse;

    /** Those of a network of this name, which has no layer yet. */
    LayerModes(String network) {
        this.network = network;
    }

    /** Takes note of a tensor that is kept between steps: a running mean stands for its layer. */
    void declare(String name, INDArray statistic) {
        if (name.endsWith(MEAN)) {
            LayerMode mode = new LayerMode();
            norms.put(name.substring(0, name.length() - MEAN.length()), mode);
            byMean.put(statistic, mode);
        }
    }

    /**
     * The mode of the layer that has a running mean.
     *
     * @throws IllegalArgumentException if it is none
     */
    LayerMode of(INDArray runningMean) {
        LayerMode mode = byMean.get(runningMean);
        if (mode == null) {
            throw new IllegalArgumentException("expected the running mean of a layer of " + network);
        }
        return mode;
    }

    /** Gives normalizations a mode. */
    void set(String pattern, LayerMode.Mode mode) {
        PathPattern path = new PathPattern(pattern);
        List<LayerMode> matching = new ArrayList<>();
        norms.forEach((name, norm) -> {
            if (path.matches(name)) {
                matching.add(norm);
            }
        });
        if (matching.isEmpty()) {
            throw new IllegalArgumentException("no normalization with running statistics of " + network + " matches '"
                    + pattern + "'; there are " + norms.keySet());
        }
        matching.forEach(norm -> norm.mode(mode));
    }

    /** Lets layers that draw random numbers behave as in training in evaluation mode too. */
    void dropsInUse(boolean drops) {
        dropsInUse = drops;
    }

    /**
     * Begins a forward.
     *
     * @param trains whether the network behaves as in training
     * @return whether layers that draw random numbers do
     */
    boolean begin(boolean trains) {
        norms.values().forEach(norm -> norm.begin(trains));
        return trains || dropsInUse;
    }

    /** Tells whether running statistics follow batches in evaluation mode. */
    boolean changeStatisticsInUse() {
        return norms.values().stream().anyMatch(norm -> norm.mode() == LayerMode.Mode.TRAINING);
    }
}
