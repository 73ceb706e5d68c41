package org.espalier.generator.formula;

import java.util.Arrays;
import org.espalier.generator.formula.FormulaLimitException.Limit;

/**
 * A real number computed from variables: the weight {@code w} of a penalty, or sums over weights. Its parameters are
 * numbers already. Built through {@link Algebra}, which simplifies; compared by structure.
 *
 * <p>No record, since it remembers its hash and its size: derivatives share their parts, and what shares its parts is
 * far larger written out than in memory, so that going through all of it for each comparison would take too long.
 */
public abstract sealed class Formula {
    private final Object[] components;
    private final int size;
    private final int hash;

    private Formula(Object... components) {
        this.components = components;
        this.hash = 31 * getClass().hashCode() + Arrays.hashCode(components);
        int parts = 1;
        for (Object component : components) {
            if (component instanceof Formula formula) {
                parts += formula.size;
            } else if (component instanceof Condition condition) {
                parts += condition.size();
            }
        }
        // Derivatives of what fits in a file can have any number.
        if (parts > Limit.PARTS.most()) {
            throw new FormulaLimitException(Limit.PARTS);
        }
        this.size = parts;
    }

    /** Counts its numbers, variables and operations, written out. */
    public final int size() {
        return size;
    }

    @Override
    public final boolean equals(Object other) {
        return this == other
                || (other instanceof Formula formula
                        && hash == formula.hash
                        && size == formula.size
                        && getClass() == formula.getClass()
                        && Arrays.equals(components, formula.components));
    }

    @Override
    public final int hashCode() {
        return hash;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + Arrays.toString(components);
    }

    /** Calls the method of the visitor for this kind. */
    public abstract <R> R accept(Visitor<R> visitor);

    /** One method for each kind, all abstract: a new kind does not compile until everything handles it. */
    public interface Visitor<R> {
        R constant(Constant formula);

        R variable(Variable formula);

        R negate(Negate formula);

        R binary(Binary formula);

        R power(Power formula);

        R apply(Apply formula);

        R choose(Choose formula);
    }

    /** Operator on two numbers. */
    public enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        /** The lesser; NaN if either is NaN. */
        MIN,
        /** The greater; NaN if either is NaN. */
        MAX
    }

    /** Function of one number. */
    public enum Function {
        ABS,
        SQRT,
        /** The natural logarithm. */
        LOG,
        /** log(1 + x), exact for small x. */
        LOG1P,
        /** exp(x) − 1, exact for small x. */
        EXPM1,
        EXP,
        TANH,
        /** The largest whole number that is not above x. Only values by places and tensors have it. */
        FLOOR,
        /** The nearest whole number, of two the even one. Only tensors have it, and those that follow. */
        ROUND,
        SIN,
        COS,
        /** arctan(x), in ±π/2. */
        ATAN,
        /** 2/√π ∫₀ˣ exp(−t²) dt. */
        ERF,
        /** −1, 0 or 1: 0 for 0 and −0, NaN for NaN. Only derivatives have it. */
        SIGN,
        /** 1 above 0, 0 elsewhere, NaN for NaN. Only derivatives have it. */
        STEP
    }

    /** A finite number. */
    public static final class Constant extends Formula {
        private final double value;

        /** Checks that it is finite, and makes −0 to 0, from which it differs in no value. */
        public Constant(double value) {
            super(value == 0 ? 0.0 : value);
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a formula's constants are finite, but this is " + value);
            }
            this.value = value == 0 ? 0 : value;
        }

        /** The number. */
        public double value() {
            return value;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.constant(this);
        }
    }

    /** Variable, whose value is given. */
    public static final class Variable extends Formula {
        private final String name;

        /** With its parts. */
        public Variable(String name) {
            super(name);
            this.name = name;
        }

        /** Returns the name of the variable. */
        public String name() {
            return name;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.variable(this);
        }
    }

    /** −x. */
    public static final class Negate extends Formula {
        private final Formula x;

        /** With its parts. */
        public Negate(Formula x) {
            super(x);
            this.x = x;
        }

        /** Returns the formula that is negated. */
        public Formula x() {
            return x;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.negate(this);
        }
    }

    /** a operator b. */
    public static final class Binary extends Formula {
        private final Operator operator;
        private final Formula a;
        private final Formula b;

        /** With its parts. */
        public Binary(Operator operator, Formula a, Formula b) {
            super(operator, a, b);
            this.operator = operator;
            this.a = a;
            this.b = b;
        }

        /** Returns the operator that joins both. */
        public Operator operator() {
            return operator;
        }

        /** The first of both. */
        public Formula a() {
            return a;
        }

        /** The second of both. */
        public Formula b() {
            return b;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.binary(this);
        }
    }

    /** baseᵉˣᵖᵒⁿᵉⁿᵗ, the exponent being a number. */
    public static final class Power extends Formula {
        private final Formula base;
        private final double exponent;

        /** With its parts. */
        public Power(Formula base, double exponent) {
            super(base, exponent);
            this.base = base;
            this.exponent = exponent;
        }

        /** Returns the base. */
        public Formula base() {
            return base;
        }

        /** Returns the exponent. */
        public double exponent() {
            return exponent;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.power(this);
        }
    }

    /** function(x). */
    public static final class Apply extends Formula {
        private final Function function;
        private final Formula x;

        /** With its parts. */
        public Apply(Function function, Formula x) {
            super(function, x);
            this.function = function;
            this.x = x;
        }

        /** Returns the function that is applied. */
        public Function function() {
            return function;
        }

        /** Returns the argument of the function. */
        public Formula x() {
            return x;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.apply(this);
        }
    }

    /** {@code then} where the condition holds, {@code otherwise} elsewhere; a comparison with NaN does not hold. */
    public static final class Choose extends Formula {
        private final Condition condition;
        private final Formula then;
        private final Formula otherwise;

        /** With its parts. */
        public Choose(Condition condition, Formula then, Formula otherwise) {
            super(condition, then, otherwise);
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        /** Returns the condition that decides. */
        public Condition condition() {
            return condition;
        }

        /** The value where the condition holds. */
        public Formula then() {
            return then;
        }

        /** The value elsewhere. */
        public Formula otherwise() {
            return otherwise;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.choose(this);
        }
    }
}
