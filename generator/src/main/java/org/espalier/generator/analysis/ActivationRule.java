package org.espalier.generator.analysis;

import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Origin;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** Layers that treat every element alike: {@code ReLU}, {@code LeakyReLU}, {@code Tanh}, {@code Sigmoid}. */
record ActivationRule(String kind, Maker maker, boolean inPlace) implements LayerRule {
    static final Builtin RELU = Primitives.layer(
            Signature.of("ReLU").with("inplace", false).build(),
            arguments -> new ActivationRule("relu", Op.Relu::new, arguments.bool("inplace")));

    static final Builtin LEAKY_RELU = Primitives.layer(
            Signature.of("LeakyReLU")
                    .with("negative_slope", 0.01)
                    .with("inplace", false)
                    .build(),
            ActivationRule::leakyRelu);

    static final Builtin TANH = Primitives.layer(
            Signature.of("Tanh").build(), arguments -> new ActivationRule("tanh", Op.Tanh::new, false));

    static final Builtin SIGMOID = Primitives.layer(
            Signature.of("Sigmoid").build(), arguments -> new ActivationRule("sigmoid", Op.Sigmoid::new, false));

    /** Makes the operation. */
    interface Maker {
        Op make(Origin origin, Value x, Value y);
    }

    /** A slope of at most 0 would lose the sign of x, from which the backward pass tells the branches apart. */
    private static ActivationRule leakyRelu(Arguments arguments) {
        double slope = arguments.real("negative_slope", value -> value > 0, "above 0");
        return new ActivationRule(
                "leakyrelu", (origin, x, y) -> new Op.LeakyRelu(origin, x, y, slope), arguments.bool("inplace"));
    }

    @Override
    public Fit fit(Shape x) {
        return new Fit.Fitting(x);
    }

    @Override
    public Op operation(Wiring wiring, Value x, Value y) {
        return maker.make(wiring.origin(), x, y);
    }
}
