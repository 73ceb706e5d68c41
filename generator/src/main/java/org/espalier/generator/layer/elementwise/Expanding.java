package org.espalier.generator.layer.elementwise;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.TensorFunction;

/**
 * {@code expand}: axes of size 1 become longer by repeating their element, as PyTorch has it; a parameter gets the axes
 * before its own, and the batch if that is among the sizes.
 *
 * @param batch whether the batch is the first of the sizes, or may be
 * @param sizes of the other axes; −1 for those that stay
 */
public record Expanding(boolean batch, List<Integer> sizes) implements UnaryRule {
    private static final int STAYS = -1;

    private static final Function IDENTITY = Elementwise.formula("expand", List.of("x"), "x", Map.of());

    public static final Builtin EXPAND = TensorFunction.of(
            Signature.of("expand")
                    .required("input", Type.TENSOR)
                    .rest("sizes", Type.AXIS_SIZE)
                    .build(),
            Expanding::of);

    private static Expanding of(Arguments arguments) {
        List<Datum> given = arguments.rest("sizes").stream()
                .flatMap(size -> Type.elements(size).stream())
                .toList();
        boolean batch = !given.isEmpty() && given.get(0) instanceof Datum.BatchSize;
        boolean fits = !given.isEmpty();
        List<Integer> sizes = new ArrayList<>();
        for (Datum size : given.subList(batch ? 1 : 0, given.size())) {
            long whole = size instanceof Datum.Int number ? number.value() : 0;
            fits &= (whole > 0 && whole <= Integer.MAX_VALUE) || whole == STAYS;
            sizes.add(fits ? (int) whole : 1);
        }
        if (!fits) {
            arguments.outOfRange("sizes", "sizes of at least 1, or -1; the first may be batch, as in (batch, 8, -1)");
        }
        return new Expanding(batch, sizes);
    }

    @Override
    public boolean convertsWhole() {
        return true;
    }

    @Override
    public String kind() {
        return "expand";
    }

    @Override
    public boolean takesParameters() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        boolean stays = x.batched() && !batch && !sizes.isEmpty() && sizes.get(0) == STAYS;
        if (x.batched() && !batch && !stays) {
            return Fit.mismatch(
                    "expand", "sizes of which the first is batch, as in (batch, 8, -1), for this tensor", x);
        }
        List<Integer> wanted = stays ? sizes.subList(1, sizes.size()) : sizes;
        int first = batch || stays ? 1 : 0;
        int missing = wanted.size() + first - x.rank();
        boolean fits = missing >= 0 && (!x.batched() || missing == 0);
        List<Integer> all = new ArrayList<>();
        for (int axis = first; fits && axis < wanted.size() + first; axis++) {
            int own = axis - missing;
            int size = own < 0 ? 1 : x.axis(own);
            int given = wanted.get(axis - first);
            fits = given == STAYS ? own >= 0 : size == 1 || size == given;
            all.add(given == STAYS ? size : given);
        }
        fits &= x.batched() || first == 0 || missing > 0 || x.axis(0) == 1;
        return fits
                ? Fit.of("expand", x.batched() || batch, all)
                : Fit.mismatch("expand", "a tensor whose sizes are 1 or those given", x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        int axis = x.shape().batched() ? 0 : y.shape().rank() - x.shape().rank();
        wiring.add(new Elementwise(wiring.origin(), IDENTITY, List.of(x), List.of(axis), y));
    }
}
