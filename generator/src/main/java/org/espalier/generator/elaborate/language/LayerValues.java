package org.espalier.generator.elaborate.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import org.espalier.generator.source.SourceSpan;

/** Takes values for layers where layers are wanted. */
public final class LayerValues {
    private LayerValues() {}

    /** A layer, or a list of layers as a chain. */
    public static Optional<Layer> of(Datum datum, Site site) {
        if (datum instanceof Datum.LayerDatum one) {
            return Optional.of(one.layer());
        }
        return datum instanceof Datum.Items items
                ? all(items.elements(), site).map(parts -> new Layer.Chain(site, parts))
                : Optional.empty();
    }

    /** A layer of each, if that is what they all are. */
    public static Optional<List<Layer>> all(List<Datum> data, Site site) {
        List<Layer> layers =
                data.stream().flatMap(datum -> of(datum, site).stream()).toList();
        return layers.size() == data.size() ? Optional.of(layers) : Optional.empty();
    }

    /** The elements of a list, also of one that a block returned. */
    public static Optional<List<Datum>> elements(Datum datum) {
        if (datum instanceof Datum.Items items) {
            return Optional.of(items.elements());
        }
        return datum instanceof Datum.LayerDatum made && made.layer() instanceof Layer.Applied applied
                ? applied.elements()
                        .map(elements -> elements.stream()
                                .<Datum>map(Datum.LayerDatum::new)
                                .toList())
                : Optional.empty();
    }

    /**
     * Names what a name is bound to: a layer by the name, the layers of a list by the name and their places in it,
     * counted as PyTorch does; but not those that have no parameters, whose kind says more. The elements of what a
     * block returned have one place together. Layers that have a name keep it.
     */
    public static void name(Datum datum, String name, Scope scope, SourceSpan statement) {
        if (datum instanceof Datum.LayerDatum one) {
            one.layer().named(name, scope, statement);
        }
        if (!(datum instanceof Datum.Items items)) {
            return;
        }
        List<Optional<Layer>> units = new ArrayList<>();
        for (Datum element : items.elements()) {
            units.add(element instanceof Datum.LayerDatum one ? Optional.of(one.layer()) : Optional.empty());
        }
        inPlaces(units, (layer, place) -> layer.named(name + "." + place, scope, statement));
    }

    /** Gives the layers of a list that may have parameters their places in it, from 0. */
    public static void inPlaces(List<Optional<Layer>> layers, ObjIntConsumer<Layer> placed) {
        Optional<Layer> previous = Optional.empty();
        int place = -1;
        for (Optional<Layer> layer : layers) {
            Optional<Layer> unit = layer.map(LayerValues::unit);
            if (unit.isEmpty() || !unit.equals(previous)) {
                place++;
            }
            int found = place;
            unit.filter(LayerValues::mayHaveParameters).ifPresent(one -> placed.accept(one, found));
            previous = unit;
        }
    }

    private static boolean mayHaveParameters(Layer layer) {
        return !(layer instanceof Layer.Primitive primitive) || primitive.rule().isOfParameters();
    }

    private static Layer unit(Layer layer) {
        return layer instanceof Layer.Element element ? element.owner() : layer;
    }
}
