package org.espalier.generator.layer.dropout;

import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.Primitives;

/** {@code Dropout}, of any shape, and {@code Dropout2d}, which drops whole channels of images. */
public record DropoutRule(boolean ofChannels, double p, boolean inPlace) implements LayerRule {
    public static final Builtin ELEMENTS = layer("Dropout", false);
    public static final Builtin CHANNELS = layer("Dropout2d", true);

    private static Builtin layer(String name, boolean ofChannels) {
        return Primitives.layer(
                Signature.of(name).with("p", 0.5).with("inplace", false).build(),
                arguments -> new DropoutRule(
                        ofChannels,
                        arguments.real("p", p -> p >= 0 && p < 1, "at least 0 and below 1"),
                        arguments.bool("inplace")));
    }

    @Override
    public String kind() {
        return "dropout";
    }

    @Override
    public Fit fit(Shape x) {
        Fit fits = new Fit.Fitting(x);
        return ofChannels ? Extents.misfit("Dropout2d", x, 0, "").orElse(fits) : fits;
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        return new Dropout(
                wiring.origin(),
                x,
                wiring.saved("mask", ofChannels ? Shape.batch(x.shape().axis(1)) : x.shape()),
                y,
                p);
    }
}
