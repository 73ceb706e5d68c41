package org.espalier.generator.elaborate.language;

import java.util.Optional;

/**
 * One application of a block or network, in which layers get their names. Its owner is the layer that the block
 * returned; a network has none, and its layers' names are whole paths.
 */
public final class Scope {
    private Optional<Layer> owner = Optional.empty();

    public Optional<Layer> owner() {
        return owner;
    }

    public void belongsTo(Layer layer) {
        owner = Optional.of(layer);
    }
}
