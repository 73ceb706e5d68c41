package org.espalier.generator.analysis;

import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** {@code Dropout}: of any shape. */
record DropoutRule(double p, boolean inPlace) implements LayerRule {
    static final Builtin LAYER = Primitives.layer(
            Signature.of("Dropout").with("p", 0.5).with("inplace", false).build(),
            arguments -> new DropoutRule(
                    arguments.real("p", p -> p >= 0 && p < 1, "at least 0 and below 1"), arguments.bool("inplace")));

    @Override
    public String kind() {
        return "dropout";
    }

    @Override
    public Fit fit(Shape x) {
        return new Fit.Fitting(x);
    }

    @Override
    public Op operation(Wiring wiring, Value x, Value y) {
        return new Op.Dropout(wiring.origin(), x, wiring.saved("mask", x.shape()), y, p);
    }
}
