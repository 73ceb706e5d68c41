package org.espalier.generator.formula;

/**
 * A real number computed from variables: the weight {@code w} of a penalty, or sums over weights. Its parameters are
 * numbers already. Built through {@link Algebra}, which simplifies; compared by structure.
 */
public sealed interface Formula {
    /** Calls the method of the visitor for this kind. */
    <R> R accept(Visitor<R> visitor);

    /** One method for each kind, all abstract: a new kind does not compile until everything handles it. */
    interface Visitor<R> {
        R constant(Constant formula);

        R variable(Variable formula);

        R negate(Negate formula);

        R binary(Binary formula);

        R power(Power formula);

        R apply(Apply formula);

        R choose(Choose formula);
    }

    /** What takes two numbers. */
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        /** The lesser; NaN if either is NaN. */
        MIN,
        /** The greater; NaN if either is NaN. */
        MAX
    }

    /** What takes one number. */
    enum Function {
        ABS,
        SQRT,
        /** The natural logarithm. */
        LOG,
        /** log(1 + x), exact for small x. */
        LOG1P,
        EXP,
        TANH,
        /** −1, 0 or 1: 0 for 0 and −0, NaN for NaN. Only derivatives have it. */
        SIGN,
        /** 1 above 0, 0 elsewhere, NaN for NaN. Only derivatives have it. */
        STEP
    }

    /** A finite number. */
    record Constant(double value) implements Formula {
        /** Checks that it is finite, and makes −0 to 0, from which it differs in no value. */
        public Constant {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a formula's constants are finite, but this is " + value);
            }
            value = value == 0 ? 0 : value;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.constant(this);
        }
    }

    /** What is given. */
    record Variable(String name) implements Formula {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.variable(this);
        }
    }

    /** −x. */
    record Negate(Formula x) implements Formula {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.negate(this);
        }
    }

    /** a operator b. */
    record Binary(Operator operator, Formula a, Formula b) implements Formula {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.binary(this);
        }
    }

    /** baseᵉˣᵖᵒⁿᵉⁿᵗ, the exponent being a number. */
    record Power(Formula base, double exponent) implements Formula {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.power(this);
        }
    }

    /** function(x). */
    record Apply(Function function, Formula x) implements Formula {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.apply(this);
        }
    }

    /** {@code then} where the condition holds, {@code otherwise} elsewhere; a comparison with NaN does not hold. */
    record Choose(Condition condition, Formula then, Formula otherwise) implements Formula {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.choose(this);
        }
    }
}
