package org.espalier.generator.analysis;

import java.util.List;
import java.util.Optional;

/** Takes values for layers where layers are wanted. */
final class Layers {
    private Layers() {}

    /** A layer, or a list of layers as a chain. */
    static Optional<Layer> of(Datum datum, Site site) {
        if (datum instanceof Datum.LayerDatum one) {
            return Optional.of(one.layer());
        }
        if (datum instanceof Datum.Items items) {
            List<Optional<Layer>> parts =
                    items.elements().stream().map(element -> of(element, site)).toList();
            return parts.stream().allMatch(Optional::isPresent)
                    ? Optional.of(new Layer.Chain(
                            site, parts.stream().flatMap(Optional::stream).toList()))
                    : Optional.empty();
        }
        return Optional.empty();
    }
}
