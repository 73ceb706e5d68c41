package org.espalier.generator.elaborate.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Identifier;

/**
 * Record of what a body does with tensors, in the order it does it. The order matters, since a layer that works in
 * place changes what is read after it.
 */
public final class Trace {
    /**
     * A layer applied to tensors.
     *
     * @param as the layer as it is there, if its arguments make something else of it
     */
    public record AppliedLayer(
            Layer layer, Optional<LayerRule> as, List<Symbol> inputs, List<Symbol> outputs, SourceSpan span) {}

    /**
     * A tensor that comes from outside, with the type it was declared with, if any.
     *
     * @param wanted whether the gradient by it is asked for
     */
    public record Input(Identifier name, Symbol symbol, Optional<TensorShape> type, boolean wanted) {}

    /** A tensor that goes outside. */
    public record Output(Identifier name, Symbol symbol) {}

    private final List<Input> inputs = new ArrayList<>();
    private final List<AppliedLayer> appliedLayers = new ArrayList<>();
    private final List<Output> outputs = new ArrayList<>();

    public List<Input> inputs() {
        return inputs;
    }

    public List<AppliedLayer> appliedLayers() {
        return appliedLayers;
    }

    public List<Output> outputs() {
        return outputs;
    }

    /** The same with other layers in the place of those that it applies. */
    public Trace with(UnaryOperator<Layer> layers) {
        Trace copy = new Trace();
        copy.inputs.addAll(inputs);
        appliedLayers.forEach(applied -> copy.appliedLayers.add(new AppliedLayer(
                layers.apply(applied.layer()), applied.as(), applied.inputs(), applied.outputs(), applied.span())));
        copy.outputs.addAll(outputs);
        return copy;
    }

    /** Applies a layer and gives the tensors it makes. */
    public List<Symbol> apply(Layer layer, List<Symbol> arguments, SourceSpan span) {
        return apply(layer, Optional.empty(), arguments, span);
    }

    /** Applies a layer as its arguments make it, and gives the tensors it makes. */
    public List<Symbol> apply(Layer layer, Optional<LayerRule> as, List<Symbol> arguments, SourceSpan span) {
        arguments.forEach(Symbol::use);
        List<Symbol> results = new ArrayList<>();
        for (int i = 0; i < as.map(LayerRule::outputCount).orElseGet(layer::outputCount); i++) {
            results.add(Symbol.madeBy(layer, span));
        }
        appliedLayers.add(new AppliedLayer(layer, as, List.copyOf(arguments), List.copyOf(results), span));
        return results;
    }
}
