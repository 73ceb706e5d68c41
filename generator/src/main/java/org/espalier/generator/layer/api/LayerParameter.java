package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Layer;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/** A parameter of another layer as a tensor, by which weights are tied: {@code embed.weight}. */
public record LayerParameter(Layer.Primitive owner, String name) implements LayerRule {
    @Override
    public String kind() {
        return name;
    }

    @Override
    public int inputCount() {
        return 0;
    }

    @Override
    public Optional<Value> source(Wiring wiring) {
        return wiring.parameterOf(owner, name);
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        return new Fit.Fitting(List.of());
    }

    /** There is nothing to compute. */
    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {}
}
