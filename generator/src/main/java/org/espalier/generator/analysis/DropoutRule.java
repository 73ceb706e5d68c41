package org.espalier.generator.analysis;

import org.espalier.generator.ir.ForwardOp;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;
import org.espalier.generator.layer.dropout.Dropout;

/** {@code Dropout}, of any shape, and {@code Dropout2d}, which drops whole channels of images. */
record DropoutRule(boolean ofChannels, double p, boolean inPlace) implements LayerRule {
    static final Builtin ELEMENTS = layer("Dropout", false);
    static final Builtin CHANNELS = layer("Dropout2d", true);

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
