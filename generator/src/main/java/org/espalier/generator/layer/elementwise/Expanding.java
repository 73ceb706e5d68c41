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
 * before its own.
 *
 * @param sizes of the axes behind the batch; −1 for those that stay
 */
public record Expanding(List<Integer> sizes) implements UnaryRule {
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
        boolean fits = !given.isEmpty()
                && (given.get(0) instanceof Datum.BatchSize || given.get(0).equals(new Datum.Int(STAYS)));
        List<Integer> sizes = new ArrayList<>();
        for (Datum size : given.subList(Math.min(1, given.size()), given.size())) {
            long whole = size instanceof Datum.Int number ? number.value() : 0;
            fits &= (whole > 0 && whole <= Integer.MAX_VALUE) || whole == STAYS;
            sizes.add(fits ? (int) whole : 1);
        }
        if (!fits) {
            arguments.outOfRange("sizes", "sizes of which the first is batch, as in (batch, 8, -1)");
        }
        return new Expanding(sizes);
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
        int rank = sizes.size() + 1;
        int missing = rank - x.rank();
        boolean fits = missing >= 0 && (!x.batched() || missing == 0);
        long[] all = new long[sizes.size()];
        for (int axis = 1; fits && axis < rank; axis++) {
            int own = axis - missing;
            int size = own < 0 ? 1 : x.axis(own);
            int wanted = sizes.get(axis - 1);
            fits = wanted == STAYS ? own >= 0 : size == 1 || size == wanted;
            all[axis - 1] = wanted == STAYS ? size : wanted;
        }
        fits &= x.batched() || missing > 0 || x.axis(0) == 1;
        return fits ? Fit.of("expand", all) : Fit.mismatch("expand", "a tensor whose sizes are 1 or those given", x);
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        int axis = x.shape().batched() ? 0 : y.shape().rank() - x.shape().rank();
        wiring.add(new Elementwise(wiring.origin(), IDENTITY, List.of(x), List.of(axis), y));
    }
}
