package org.espalier.generator.syntax;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.generator.source.SourceSpan;

/** Expression, which can stand where a value is wanted. */
public sealed interface Expression {
    /** From its first to its last character. */
    SourceSpan span();

    /** Calls the method of the visitor for this kind. */
    <R> R accept(Visitor<R> visitor);

    /** One method for each kind, all abstract. */
    interface Visitor<R> {
        R integer(IntegerLiteral expression);

        R decimal(DecimalLiteral expression);

        R string(StringLiteral expression);

        R bool(BooleanLiteral expression);

        R none(NoneLiteral expression);

        R reference(Reference expression);

        R list(ListLiteral expression);

        R tuple(TupleLiteral expression);

        R call(Call expression);

        R member(Member expression);

        R subscript(Subscript expression);

        R unary(Unary expression);

        R binary(Binary expression);

        R conditional(Conditional expression);

        R lambda(Lambda expression);

        R broken(Broken expression);
    }

    /** Operators with one operand. */
    enum UnaryOperator {
        NEGATE("-"),
        INVERT("~"),
        NOT("not");

        private final String symbol;

        UnaryOperator(String symbol) {
            this.symbol = symbol;
        }

        /** As it is written. */
        public String symbol() {
            return symbol;
        }
    }

    /** Operators with two operands. */
    enum BinaryOperator {
        POWER("**"),
        MULTIPLY("*"),
        MATRIX_MULTIPLY("@"),
        DIVIDE("/"),
        REMAINDER("%"),
        ADD("+"),
        SUBTRACT("-"),
        INTERSECT("&"),
        UNITE("|"),
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        AND("and"),
        OR("or");

        private final String symbol;

        BinaryOperator(String symbol) {
            this.symbol = symbol;
        }

        /** As it is written. */
        public String symbol() {
            return symbol;
        }
    }

    /** {@code 64}: its text, since it may be too large for a number. */
    record IntegerLiteral(String digits, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.integer(this);
        }
    }

    /** {@code 1e-5}. */
    record DecimalLiteral(double value, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.decimal(this);
        }
    }

    /** {@code "zeros"}, without its quotes. */
    record StringLiteral(String value, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.string(this);
        }
    }

    /** {@code true}. */
    record BooleanLiteral(boolean value, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.bool(this);
        }
    }

    /** {@code none}. */
    record NoneLiteral(SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.none(this);
        }
    }

    /** A name that stands for something. */
    record Reference(String name, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.reference(this);
        }
    }

    /** {@code [a, b]}. */
    record ListLiteral(List<Expression> elements, SourceSpan span) implements Expression {
        /** Copies the list. */
        public ListLiteral {
            elements = List.copyOf(elements);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.list(this);
        }
    }

    /** {@code (a, b)}. */
    record TupleLiteral(List<Expression> elements, SourceSpan span) implements Expression {
        /** Copies the list. */
        public TupleLiteral {
            elements = List.copyOf(elements);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.tuple(this);
        }
    }

    /** {@code Conv2d(3, 64, kernel_size=4)}, and {@code conv(x)}. */
    record Call(Expression callee, List<Argument> arguments, SourceSpan span) implements Expression {
        /** Copies the list. */
        public Call {
            arguments = List.copyOf(arguments);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.call(this);
        }
    }

    /**
     * One argument of a call.
     *
     * @param name its name, if it was given by name
     * @param value what was given
     * @param spread whether it is a list whose elements are the arguments ({@code *model})
     * @param span the whole argument
     */
    record Argument(Optional<Identifier> name, Expression value, boolean spread, SourceSpan span) {}

    /** {@code x[:, 0:3]}. */
    record Subscript(Expression owner, List<Index> indices, SourceSpan span) implements Expression {
        /** Copies the list. */
        public Subscript {
            indices = List.copyOf(indices);
        }

        /** Every expression in the brackets. */
        public List<Expression> parts() {
            return indices.stream().flatMap(index -> index.parts().stream()).toList();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.subscript(this);
        }
    }

    /** Index in the brackets of a subscript, for one axis. */
    sealed interface Index {
        /** From its first to its last character. */
        SourceSpan span();

        /** The expressions in it. */
        List<Expression> parts();

        /** {@code 0}, or {@code none} for a new axis. */
        record Element(Expression value, SourceSpan span) implements Index {
            @Override
            public List<Expression> parts() {
                return List.of(value);
            }
        }

        /** {@code 0:3}, {@code ::2}, {@code :}. */
        record Slice(Optional<Expression> start, Optional<Expression> stop, Optional<Expression> step, SourceSpan span)
                implements Index {
            @Override
            public List<Expression> parts() {
                return Stream.of(start, stop, step).flatMap(Optional::stream).toList();
            }
        }

        /** {@code ...}: the axes that are not mentioned. */
        record Ellipsis(SourceSpan span) implements Index {
            @Override
            public List<Expression> parts() {
                return List.of();
            }
        }
    }

    /** {@code x.mean}, which is called; {@code nn.Conv2d}, which deserves a good answer. */
    record Member(Expression owner, Identifier name, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.member(this);
        }
    }

    /** An operator before its operand. */
    record Unary(UnaryOperator operator, Expression operand, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.unary(this);
        }
    }

    /** An operator between its operands. */
    record Binary(BinaryOperator operator, Expression left, Expression right, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.binary(this);
        }
    }

    /** {@code if condition then one else other}. */
    record Conditional(Expression condition, Expression then, Expression otherwise, SourceSpan span)
            implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conditional(this);
        }
    }

    /** {@code i -> expression}. */
    record Lambda(Identifier parameter, Expression body, SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.lambda(this);
        }
    }

    /** Something that did not parse and has been reported. */
    record Broken(SourceSpan span) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.broken(this);
        }
    }
}
