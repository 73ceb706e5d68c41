package org.espalier.generator.analysis;

import org.espalier.generator.ir.ForwardOp;
import org.espalier.generator.ir.Shape;
import org.espalier.generator.ir.Value;

/**
 * {@code Identity}, and what is like it: hands its input on. {@code Identity} itself takes any arguments, as in
 * PyTorch, so that it can stand for any layer.
 *
 * @param kind what it is called without a name of its own
 */
record IdentityRule(String kind) implements LayerRule {
    static final Builtin LAYER = Primitives.norm(
            Signature.of("Identity").rest("args", Type.ANY).build(), arguments -> new IdentityRule("identity"));

    @Override
    public boolean isIdentity() {
        return true;
    }

    @Override
    public Fit fit(Shape x) {
        return new Fit.Fitting(x);
    }

    @Override
    public ForwardOp operation(Wiring wiring, Value x, Value y) {
        throw new IllegalStateException("Identity has no operation: its output is its input");
    }
}
