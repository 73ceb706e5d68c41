package org.espalier.generator.analysis;

import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/** {@code Identity}: hands its input on; as in PyTorch it takes any arguments, so that it can stand for any layer. */
record IdentityRule() implements LayerRule {
    static final Builtin LAYER =
            Primitives.norm(Signature.of("Identity").rest("args", Type.ANY).build(), arguments -> new IdentityRule());

    @Override
    public String kind() {
        return "identity";
    }

    @Override
    public boolean isIdentity() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        return new Fit.Fitting(x);
    }

    @Override
    public Op operation(Wiring wiring, Value x, Value y) {
        throw new IllegalStateException("Identity has no operation: its output is its input");
    }
}
