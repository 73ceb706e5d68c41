package org.espalier.generator.ir.text;

import org.espalier.generator.ir.InitializerDecl;

/** A printed initializer: {@code uniform(0.25)}. */
final class InitializerText implements InitializerDecl.Visitor<String> {
    static final InitializerText INSTANCE = new InitializerText();

    private InitializerText() {}

    @Override
    public String constant(InitializerDecl.Constant initializer) {
        return "constant(" + initializer.value() + ")";
    }

    @Override
    public String uniform(InitializerDecl.Uniform initializer) {
        return "uniform(" + initializer.bound() + ")";
    }

    @Override
    public String normal(InitializerDecl.Normal initializer) {
        return "normal(" + initializer.mean() + ", " + initializer.standardDeviation() + ")";
    }

    @Override
    public String normalExcept(InitializerDecl.NormalExcept initializer) {
        return normal(initializer.normal()) + " except " + initializer.from() + " to " + initializer.to();
    }
}
