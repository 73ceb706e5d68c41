package org.espalier.generator.elaborate.language;

import java.util.List;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;

/** A layer that makes one tensor of one tensor. */
public interface UnaryRule extends LayerRule {
    /** Its shape rule. */
    Fit fit(Shape x);

    /** Adds the operations that make {@code y} of {@code x}, with its parameters. */
    void lower(Wiring wiring, Value x, Value y);

    @Override
    default Fit fit(List<Shape> inputs) {
        return fit(inputs.get(0));
    }

    @Override
    default void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
        lower(wiring, inputs.get(0), outputs.get(0));
    }
}
