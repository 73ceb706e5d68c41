package org.espalier.generator.ir.text;

import org.espalier.generator.ir.Initializer;

/** A printed initializer: {@code uniform(0.25)}. */
final class InitializerText implements Initializer.Visitor<String> {
    static final InitializerText INSTANCE = new InitializerText();

    private InitializerText() {}

    @Override
    public String constant(Initializer.Constant initializer) {
        return "constant(" + initializer.value() + ")";
    }

    @Override
    public String uniform(Initializer.Uniform initializer) {
        return "uniform(" + initializer.bound() + ")";
    }

    @Override
    public String normal(Initializer.Normal initializer) {
        return "normal(" + initializer.mean() + ", " + initializer.standardDeviation() + ")";
    }
}
