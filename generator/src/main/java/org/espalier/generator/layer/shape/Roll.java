package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code roll}: the elements move along axes, and what leaves at one end comes in at the other.
 *
 * @param shifts by how many places, for each of the axes
 */
public record Roll(List<Integer> shifts, List<Axis> axes) implements UnaryRule {
    public static final Builtin ROLL = TensorFunction.of(
            Signature.of("roll")
                    .required("input", Type.TENSOR)
                    .required("shifts", Type.SIZES)
                    .required("dims", Type.SIZES)
                    .build(),
            Roll::of);

    private static Roll of(Arguments arguments) {
        List<Integer> shifts = arguments.sizes("shifts", Integer.MIN_VALUE);
        List<Axis> axes = Axis.all(arguments, "dims");
        if (shifts.size() != axes.size()) {
            arguments.outOfRange("shifts", "one for each of dims");
        }
        return new Roll(shifts, axes);
    }

    @Override
    public boolean convertsWhole() {
        return true;
    }

    @Override
    public String kind() {
        return "roll";
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        return axes.stream()
                .filter(axis -> !axis.isOf(x))
                .findFirst()
                .<Fit>map(axis -> axis.misfit("roll", x))
                .orElseGet(() -> new Fit.Fitting(x));
    }

    /** Along each axis the two parts change places. */
    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        Value rolled = x;
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i).of(x.shape());
            int size = x.shape().axis(axis);
            int first = size - Math.floorMod(shifts.get(i), size);
            if (first < size) {
                List<Value> parts = new ArrayList<>(List.of(
                        wiring.between("before", x.shape().with(axis, first)),
                        wiring.between("after", x.shape().with(axis, size - first))));
                wiring.add(Slice.split(wiring.origin(), rolled, parts, axis));
                Value next = wiring.between("rolled", x.shape());
                wiring.add(new Concat(wiring.origin(), List.of(parts.get(1), parts.get(0)), next, axis));
                rolled = next;
            }
        }
        wiring.add(new Reshape(wiring.origin(), rolled, y));
    }
}
