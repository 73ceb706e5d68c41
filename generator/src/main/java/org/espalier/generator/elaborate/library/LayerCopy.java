package org.espalier.generator.elaborate.library;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.Scope;
import org.espalier.generator.elaborate.language.Session;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Trace;

/**
 * Deep copy of a layer: parameters are the copy's own, what is shared within the layer is shared within the copy, and
 * names within blocks stay. The layer itself has no name until it is bound to one.
 */
final class LayerCopy implements Layer.Visitor<Layer> {
    private final Session session;
    private final Map<Layer, Layer> copies = new HashMap<>();

    LayerCopy(Session session) {
        this.session = session;
    }

    /** The copy. */
    Layer of(Layer layer) {
        Layer copied = copy(layer);
        Map<Scope, Scope> scopes = new HashMap<>();
        copies.forEach((original, copy) -> original.name()
                .ifPresent(name -> name.scope()
                        .owner()
                        .map(copies::get)
                        .ifPresent(owner -> copy.named(
                                name.text(),
                                scopes.computeIfAbsent(name.scope(), key -> scopeOf(owner)),
                                name.span()))));
        return copied;
    }

    private static Scope scopeOf(Layer owner) {
        Scope scope = new Scope();
        scope.belongsTo(owner);
        return scope;
    }

    private Layer copy(Layer layer) {
        Layer known = copies.get(layer);
        if (known != null) {
            return known;
        }
        session.take(1, layer.site().span(), layer.site().frame());
        Layer copied = layer.accept(this);
        copies.put(layer, copied);
        return copied;
    }

    private List<Layer> all(List<Layer> layers) {
        List<Layer> all = new ArrayList<>();
        layers.forEach(layer -> all.add(copy(layer)));
        return all;
    }

    @Override
    public Layer primitive(Layer.Primitive layer) {
        Layer.Primitive copied =
                new Layer.Primitive(layer.site(), layer.word(), layer.rule(), layer.activity(), layer.resolved());
        session.made(copied);
        return copied;
    }

    @Override
    public Layer chain(Layer.Chain layer) {
        return new Layer.Chain(layer.site(), all(layer.parts()));
    }

    @Override
    public Layer merge(Layer.Merge layer) {
        return new Layer.Merge(layer.site(), layer.word(), all(layer.parts()), layer.joining(), layer.inputFirst());
    }

    @Override
    public Layer join(Layer.Join layer) {
        return new Layer.Join(layer.site(), layer.joining(), layer.inputCount());
    }

    @Override
    public Layer applied(Layer.Applied layer) {
        return new Layer.Applied(
                layer.site(), layer.call(), copy(layer.result()), layer.list().map(this::all));
    }

    @Override
    public Layer element(Layer.Element layer) {
        return new Layer.Element((Layer.Applied) copy(layer.owner()), copy(layer.layer()));
    }

    @Override
    public Layer traced(Layer.Traced layer) {
        Optional<Layer.Forward> forward = layer.forward().map(original -> new Layer.Forward() {
            @Override
            public Signature signature() {
                return original.signature();
            }

            // Layers that the block was called with are those of this copy; others are new each time.
            @Override
            public Optional<Trace> trace(Layer.Traced owner, Map<String, Datum> given) {
                return original.trace(owner, given).map(trace -> trace.with(one -> copies.getOrDefault(one, one)));
            }
        });
        return new Layer.Traced(layer.site(), layer.call(), layer.plain().with(this::copy), forward);
    }
}
