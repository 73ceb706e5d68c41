package org.espalier.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Modes of a network's layers: that of the network, or one of their own. */
final class LayerModes {
    private static final String MEAN = ".running_mean";

    private final String network;

    /** Batch normalisations that may have a mode of their own, by path. */
    private final Map<String, BatchNorm> norms = new LinkedHashMap<>();

    private boolean dropsInUse;

    /** Those of a network of this name, which has no layer yet. */
    LayerModes(String network) {
        this.network = network;
    }

    void add(String path, BatchNorm norm) {
        norms.put(path, norm);
    }

    /** Gives batch normalisations a mode. */
    void set(String pattern, BatchNorm.Mode mode, Set<String> statistics) {
        PathPattern path = new PathPattern(pattern);
        List<String> bound = others(statistics).filter(path::matches).toList();
        if (!bound.isEmpty()) {
            throw new IllegalArgumentException("expected batch normalizations that can have a mode of their own, found "
                    + bound + " of " + network
                    + ": one that is regularized, reported or frozen in the .net, shares its "
                    + "parameters, has momentum=none, or is an instance normalization, follows the network's mode");
        }
        List<BatchNorm> matching = new ArrayList<>();
        norms.forEach((name, norm) -> {
            if (path.matches(name)) {
                matching.add(norm);
            }
        });
        if (matching.isEmpty()) {
            throw new IllegalArgumentException(
                    "no batch normalization of " + network + " matches '" + pattern + "'; there are " + norms.keySet());
        }
        matching.forEach(norm -> norm.mode(mode));
    }

    /** Lets layers that draw random numbers behave as in training in evaluation mode too. */
    void dropsInUse(boolean drops, Set<String> statistics) {
        List<String> others = others(statistics).toList();
        if (drops && !others.isEmpty()) {
            throw new IllegalStateException("dropout in evaluation mode would have statistics of " + network
                    + " follow the batch: " + others
                    + " are of normalizations that are regularized, reported or frozen "
                    + "in the .net, share their parameters, have momentum=none, or are instance normalizations");
        }
        dropsInUse = drops;
    }

    /** Paths of normalisations that follow the network's mode. */
    private Stream<String> others(Set<String> statistics) {
        return statistics.stream()
                .filter(name -> name.endsWith(MEAN))
                .map(name -> name.substring(0, name.length() - MEAN.length()))
                .filter(name -> !norms.containsKey(name));
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
        return norms.values().stream().anyMatch(norm -> norm.mode() == BatchNorm.Mode.TRAINING);
    }
}
