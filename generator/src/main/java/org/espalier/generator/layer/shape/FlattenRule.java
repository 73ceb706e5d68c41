package org.espalier.generator.layer.shape;

import java.util.Optional;
import java.util.stream.LongStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Primitives;

/** {@code Flatten}: the axes from start to end become one; the batch axis stays. */
public record FlattenRule(int startDim, int endDim) implements LayerRule {
    public static final Builtin LAYER = Primitives.layer(
            Signature.of("Flatten").with("start_dim", 1).with("end_dim", -1).build(), FlattenRule::of);

    private static FlattenRule of(Arguments arguments) {
        if (((Datum.Int) arguments.get("start_dim")).value() == 0) {
            arguments.unsupported("start_dim", "start_dim of 1 and more", Optional.of("axis 0 is the batch"));
        }
        return new FlattenRule(arguments.integer("start_dim", -3), arguments.integer("end_dim", -3));
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
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new Flatten(wiring.origin(), x, y);
    }
}
