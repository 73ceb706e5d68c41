package org.espalier.generator.ir;

/** How a parameter or statistic starts. */
public sealed interface InitializerDecl {
    /** Calls the visitor's method for this kind of initializer. */
    <R> R accept(Visitor<R> visitor);

    /** Every element the same. */
    record Constant(double value) implements InitializerDecl {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.constant(this);
        }
    }

    /** Uniform in ±{@code bound}; PyTorch's default for weights and biases has {@code bound = 1/√(fan in)}. */
    record Uniform(double bound) implements InitializerDecl {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.uniform(this);
        }
    }

    /** Normal. */
    record Normal(double mean, double standardDeviation) implements InitializerDecl {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.normal(this);
        }
    }

    /** Something that is done for each kind of initializer. */
    interface Visitor<R> {
        /** For {@link Constant}. */
        R constant(Constant initializer);

        /** For {@link Uniform}. */
        R uniform(Uniform initializer);

        /** For {@link Normal}. */
        R normal(Normal initializer);
    }
}
