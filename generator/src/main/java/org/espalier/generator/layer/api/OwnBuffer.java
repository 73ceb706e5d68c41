package org.espalier.generator.layer.api;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.ElementType;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/**
 * A buffer that a block or network declares: {@code buffer mask: float[8, 8] = tril()}. It is kept and saved as running
 * statistics are, and stays as it is.
 *
 * @param values of each element by its place along each axis
 */
public record OwnBuffer(String name, ElementType element, Shape shape, Function values) implements LayerRule {
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
        return Optional.of(wiring.buffer(element, shape, values));
    }

    @Override
    public Fit fit(List<Shape> inputs) {
        return new Fit.Fitting(shape);
    }

    /** There is nothing to compute. */
    @Override
    public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {}
}
