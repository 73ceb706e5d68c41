package org.espalier.generator.ir;

/** Initial values of a parameter or statistic. */
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

    /**
     * Normal, but for zeros in one place.
     *
     * @param normal of all the others
     * @param from the first element that is 0, in row-major order
     * @param to the first after it that is not
     */
    record NormalExcept(Normal normal, long from, long to) implements InitializerDecl {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.normalExcept(this);
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

        /** For {@link NormalExcept}. */
        R normalExcept(NormalExcept initializer);
    }
}
