package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Axis;
import org.espalier.generator.layer.api.LayerDefinition;

/**
 * {@code Unflatten}: an axis becomes several.
 *
 * @param sizes of these; one may be −1, for what is left
 */
public record Unflatten(Axis axis, List<Integer> sizes) implements UnaryRule {
    private static final int REST = -1;

    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("Unflatten")
                            .required("dim", Type.INT)
                            .required("unflattened_size", Type.SHAPE)
                            .build(),
                    Unflatten::of)
            .example("Unflatten(1, (3, 4))", "[batch, 12]", "[batch, 3, 4]", 0)
            .example("Unflatten(-2, (2, -1))", "[batch, 6, 5]", "[batch, 2, 3, 5]", 0);

    private static Unflatten of(Arguments arguments) {
        List<Integer> sizes = arguments.sizes("unflattened_size", REST);
        if (sizes.contains(0) || sizes.stream().filter(size -> size == REST).count() > 1) {
            arguments.outOfRange("unflattened_size", "sizes of at least 1, of which one may be -1");
        }
        return new Unflatten(Axis.read(arguments, "dim"), sizes);
    }

    @Override
    public String kind() {
        return "unflatten";
    }

    @Override
    public boolean isView() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        if (!axis.isOf(x)) {
            return axis.misfit(text(), x);
        }
        int place = axis.of(x);
        long known = Limits.elements(sizes.stream()
                .filter(size -> size != REST)
                .mapToLong(size -> size)
                .toArray());
        boolean divides = x.axis(place) % known == 0;
        if (!divides || (!sizes.contains(REST) && known != x.axis(place))) {
            return Fit.mismatch(
                    text(),
                    "a tensor whose axis " + axis.dim() + " is " + (sizes.contains(REST) ? "a multiple of " : "")
                            + known,
                    x);
        }
        List<Integer> all = new ArrayList<>(x.dimensions());
        all.remove(place - 1);
        all.addAll(
                place - 1,
                sizes.stream()
                        .map(size -> size == REST ? (int) (x.axis(place) / known) : size)
                        .toList());
        return new Fit.Fitting(new Shape(true, all));
    }

    private String text() {
        return "Unflatten(" + axis.dim() + ", "
                + sizes.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", "))"));
    }

    @Override
    public void lower(Wiring wiring, Value x, Value y) {
        wiring.add(new Reshape(wiring.origin(), x, y));
    }
}
