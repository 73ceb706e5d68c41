package org.espalier.generator.layer.shape;

import java.util.Optional;
import java.util.stream.LongStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.LayerDefinition;

/** {@code Flatten}: the axes from start to end become one; the batch axis stays. */
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
        if (((Datum.Int) arguments.get("start_dim")).value() == 0) {
            arguments.unsupported("start_dim", "start_dim of 1 and more", Optional.of("axis 0 is the batch"));
        }
        return new Flatten(arguments.integer("start_dim", -3), arguments.integer("end_dim", -3));
    }

    @Override
    public String kind() {
        return "flatten";
    }

    @Override
    public boolean isView() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        int start = startDim < 0 ? startDim + x.rank() : startDim;
        int end = endDim < 0 ? endDim + x.rank() : endDim;
        if (start < 1 || end < start || end >= x.rank()) {
            return Fit.mismatch("Flatten(" + startDim + ", " + endDim + ")", "a tensor with these axes", x);
        }
        LongStream.Builder sizes = LongStream.builder();
        long flat = 1;
        for (int axis = 1; axis < x.rank(); axis++) {
            flat *= x.axis(axis);
            if (axis < start || axis >= end) {
                sizes.add(flat);
                flat = 1;
            }
        }
        return Fit.of("Flatten", sizes.build().toArray());
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        wiring.add(new Reshape(wiring.origin(), x, y));
    }
}
