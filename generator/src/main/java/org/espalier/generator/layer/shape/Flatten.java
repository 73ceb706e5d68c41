package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.LayerDefinition;

/** {@code Flatten}: the axes from start to end become one; a batch stays. */
public record Flatten(int startDim, int endDim) implements UnaryRule {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("Flatten")
                            .with("start_dim", 1)
                            .with("end_dim", -1)
                            .build(),
                    Flatten::of)
            .example("Flatten()", "[batch, 3, 4, 5]", "[batch, 60]", 0)
            .example("Flatten(2)", "[batch, 3, 4, 5]", "[batch, 3, 20]", 0);

    private static Flatten of(Arguments arguments) {
        return new Flatten(arguments.integer("start_dim", -3), arguments.integer("end_dim", -3));
    }

    @Override
    public boolean convertsWhole() {
        return true;
    }

    @Override
    public String kind() {
        return "flatten";
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public boolean isView() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        int start = startDim < 0 ? startDim + x.rank() : startDim;
        int end = endDim < 0 ? endDim + x.rank() : endDim;
        if (start < x.firstAxis() || end < start || end >= x.rank()) {
            Fit.Misfit misfit =
                    Fit.mismatch("Flatten(" + startDim + ", " + endDim + ")", "a tensor with these axes", x);
            return start == 0 ? misfit.withHelp("axis 0 is the batch, which stays") : misfit;
        }
        List<Integer> sizes = new ArrayList<>();
        int flat = 1;
        for (int axis = x.firstAxis(); axis < x.rank(); axis++) {
            flat *= x.axis(axis);
            if (axis < start || axis >= end) {
                sizes.add(flat);
                flat = 1;
            }
        }
        return Fit.of("Flatten", x.batched(), sizes);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        wiring.add(new Reshape(wiring.origin(), x, y));
    }
}
