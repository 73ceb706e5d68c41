package org.espalier.generator.elaborate.language;

import java.util.Optional;
import org.espalier.generator.source.SourceSpan;

/** A tensor before shapes are known: an input of a body, or what a layer was found to make. Told apart by identity. */
public final class Symbol {
    private final SourceSpan span;
    private final Optional<Layer> producer;
    private boolean used;

    private Symbol(SourceSpan span, Optional<Layer> producer) {
        this.span = span;
        this.producer = producer;
    }

    public static Symbol input(SourceSpan span) {
        return new Symbol(span, Optional.empty());
    }

    static Symbol madeBy(Layer layer, SourceSpan span) {
        return new Symbol(span, Optional.of(layer));
    }

    /** The expression or input statement. */
    public SourceSpan span() {
        return span;
    }

    /** The layer that makes it; empty for an input. */
    public Optional<Layer> producer() {
        return producer;
    }

    public boolean used() {
        return used;
    }

    public void use() {
        used = true;
    }
}
