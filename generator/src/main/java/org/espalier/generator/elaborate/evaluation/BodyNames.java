package org.espalier.generator.elaborate.evaluation;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.source.SourceSpan;

/**
 * Scope of a body: the values that names are bound to. What it does not bind itself, its file does, or the language.
 */
public final class BodyNames {
    /** A value and where it was bound. */
    record Bound(Datum value, SourceSpan span) {}

    private final Module module;
    private final Optional<BodyNames> outer;
    private final Map<String, Bound> bound = new HashMap<>();

    public BodyNames(Module module) {
        this(module, Optional.empty());
    }

    private BodyNames(Module module, Optional<BodyNames> outer) {
        this.module = module;
        this.outer = outer;
    }

    /** Names inside these. */
    BodyNames inner() {
        return new BodyNames(module, Optional.of(this));
    }

    Module module() {
        return module;
    }

    /** Returns the value that this body itself has bound a name to. */
    Optional<Bound> here(String name) {
        return Optional.ofNullable(bound.get(name));
    }

    /** Looks up a name in the bodies that surround this place, the innermost first; empty if none binds it. */
    Optional<Datum> lookup(String name) {
        Bound found = bound.get(name);
        return found != null ? Optional.of(found.value()) : outer.flatMap(names -> names.lookup(name));
    }

    public void bind(String name, Datum value, SourceSpan span) {
        bound.put(name, new Bound(value, span));
    }
}
