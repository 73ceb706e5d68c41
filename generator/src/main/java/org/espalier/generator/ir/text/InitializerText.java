package org.espalier.generator.ir.text;

import org.espalier.generator.ir.InitializerDecl;

/** A printed initializer: {@code uniform(0.25)}, {@code "eye(i, j) = if i == j then 1.0 else 0.0"}. */
final class InitializerText implements InitializerDecl.Visitor<String> {
    static final InitializerText INSTANCE = new InitializerText();

    private InitializerText() {}

    @Override
    public String constant(InitializerDecl.Constant initializer) {
        return "constant(" + initializer.value() + ")";
    }

    @Override
    public String uniform(InitializerDecl.Uniform initializer) {
        return initializer.isSymmetric()
                ? "uniform(" + initializer.high() + ")"
                : "uniform(" + initializer.low() + ", " + initializer.high() + ")";
    }

    @Override
    public String normal(InitializerDecl.Normal initializer) {
        return "normal(" + initializer.mean() + ", " + initializer.standardDeviation() + ")";
    }

    @Override
    public String normalExcept(InitializerDecl.NormalExcept initializer) {
        return normal(initializer.normal()) + " except " + initializer.from() + " to " + initializer.to();
    }

    @Override
    public String truncatedNormal(InitializerDecl.TruncatedNormal initializer) {
        return "truncated_normal(" + initializer.mean() + ", " + initializer.standardDeviation() + ", "
                + initializer.low() + ", " + initializer.high() + ")";
    }

    @Override
    public String orthogonal(InitializerDecl.Orthogonal initializer) {
        return "orthogonal(" + initializer.gain() + ")";
    }

    @Override
    public String byPlace(InitializerDecl.ByPlace initializer) {
        return OpText.of(initializer.values());
    }
}
