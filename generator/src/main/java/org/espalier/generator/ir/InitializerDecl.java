package org.espalier.generator.ir;

import org.espalier.generator.ir.op.Argument;

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

    /** Uniform from {@code low} to {@code high}; PyTorch's default for weights and biases is ±1/√(fan in). */
    record Uniform(double low, double high) implements InitializerDecl {
        /** Uniform in ±{@code bound}. */
        public Uniform(double bound) {
            this(-bound, bound);
        }

        /** Tells whether the bounds differ in their signs alone. */
        public boolean isSymmetric() {
            return low == -high;
        }

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

    /**
     * Normal, given that it is within bounds.
     *
     * @param mean of the normal distribution without bounds
     * @param standardDeviation of the normal distribution without bounds
     * @param low the least number
     * @param high the largest
     */
    record TruncatedNormal(double mean, double standardDeviation, double low, double high) implements InitializerDecl {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.truncatedNormal(this);
        }
    }

    /**
     * A matrix with orthonormal rows or columns, whichever are fewer, times a factor; axes after the first count as
     * one.
     *
     * @param gain the factor
     */
    record Orthogonal(double gain) implements InitializerDecl {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.orthogonal(this);
        }
    }

    /**
     * Each element by its place.
     *
     * @param values a formula of the place along each axis
     */
    record ByPlace(Argument.Function values) implements InitializerDecl {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.byPlace(this);
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

        /** For {@link TruncatedNormal}. */
        R truncatedNormal(TruncatedNormal initializer);

        /** For {@link Orthogonal}. */
        R orthogonal(Orthogonal initializer);

        /** For {@link ByPlace}. */
        R byPlace(ByPlace initializer);
    }
}
