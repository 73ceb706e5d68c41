package org.espalier.generator.syntax;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.source.SourceSpan;

/** Statement in the body of a block or network. */
public sealed interface Statement {
    /** From its first to its last character. */
    SourceSpan span();

    /** Calls the method of the visitor for this kind. */
    void accept(Visitor visitor);

    /** One method for each kind, all abstract. */
    interface Visitor {
        void binding(Binding statement);

        void input(Input statement);

        void target(Target statement);

        void parameter(OwnParameter statement);

        void buffer(OwnBuffer statement);

        void output(Output statement);

        void returns(Return statement);

        void regularize(Regularize statement);

        void initialize(Initialize statement);

        void freeze(Freeze statement);

        void reportSparsity(ReportSparsity statement);

        void loss(LossClause statement);

        void optimizer(OptimizerClause statement);

        void optimize(Optimize statement);

        void precision(PrecisionClause statement);

        void broken(BrokenStatement statement);
    }

    /**
     * Names that one part of a value is bound to.
     *
     * @param names one, or several that take the part apart: {@code (h, c)}
     */
    record Pattern(List<Identifier> names) {
        /** Copies the list. */
        public Pattern {
            names = List.copyOf(names);
        }
    }

    /**
     * {@code conv = Conv2d(3, 64, 4)}, {@code low, high = chunk(x, 2, dim=1)}, {@code y, (h, c) = lstm(x)}.
     *
     * @param patterns one for each part of the value, or one for all of it
     */
    record Binding(List<Pattern> patterns, Expression value, SourceSpan span) implements Statement {
        /** Copies the list. */
        public Binding {
            patterns = List.copyOf(patterns);
        }

        /** All names, in order. */
        public List<Identifier> names() {
            return patterns.stream()
                    .flatMap(pattern -> pattern.names().stream())
                    .toList();
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.binding(this);
        }
    }

    /**
     * {@code input x: float[batch, 3, 64, 64] with gradient}; blocks may leave the type out, and the input with
     * {@code input mask = none}.
     *
     * @param fallback what it is where it is left out
     * @param wanted whether the gradient by it is asked for
     */
    record Input(
            Identifier name, Optional<TensorType> type, Optional<Expression> fallback, boolean wanted, SourceSpan span)
            implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.input(this);
        }
    }

    /** {@code target label: int[batch]}; the type may be left out. */
    record Target(Identifier name, Optional<TensorType> type, SourceSpan span) implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.target(this);
        }
    }

    /** {@code parameter scale: float[size] = constant(1)}. */
    record OwnParameter(Identifier name, TensorType type, Expression initializer, SourceSpan span)
            implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.parameter(this);
        }
    }

    /**
     * {@code buffer mask: float[8, 8] = tril()}, or {@code (i, j) -> …} with the value of each element by its place.
     *
     * @param places what its place along each axis is called; none if the value is an initializer
     */
    record OwnBuffer(Identifier name, TensorType type, List<Identifier> places, Expression value, SourceSpan span)
            implements Statement {
        /** Copies the list. */
        public OwnBuffer {
            places = List.copyOf(places);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.buffer(this);
        }
    }

    /** {@code output y = conv(x)}, or {@code output y} for what is bound already. */
    record Output(Identifier name, Optional<Expression> value, SourceSpan span) implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.output(this);
        }
    }

    /** {@code return skip(model)}. */
    record Return(Expression value, SourceSpan span) implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.returns(this);
        }
    }

    /** {@code regularize weights of unet.** by elastic}. */
    record Regularize(List<Role> roles, List<Selector> selectors, Expression by, SourceSpan span) implements Statement {
        /** Copies the lists. */
        public Regularize {
            roles = List.copyOf(roles);
            selectors = List.copyOf(selectors);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.regularize(this);
        }
    }

    /** {@code initialize weights of unet.** by normal(0, 0.02)}. */
    record Initialize(List<Role> roles, List<Selector> selectors, Expression by, SourceSpan span) implements Statement {
        /** Copies the lists. */
        public Initialize {
            roles = List.copyOf(roles);
            selectors = List.copyOf(selectors);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.initialize(this);
        }
    }

    /** {@code freeze encoder.**}. */
    record Freeze(List<Selector> selectors, SourceSpan span) implements Statement {
        /** Copies the list. */
        public Freeze {
            selectors = List.copyOf(selectors);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.freeze(this);
        }
    }

    /** {@code report sparsity of weights of unet.** below 1e-3}; without a bound exact zeros alone count. */
    record ReportSparsity(List<Role> roles, List<Selector> selectors, Optional<Expression> below, SourceSpan span)
            implements Statement {
        /** Copies the lists. */
        public ReportSparsity {
            roles = List.copyOf(roles);
            selectors = List.copyOf(selectors);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.reportSparsity(this);
        }
    }

    /** {@code loss 100 * L1Loss()}. */
    record LossClause(Expression value, SourceSpan span) implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.loss(this);
        }
    }

    /** {@code optimizer Adam(lr=2e-4)}. */
    record OptimizerClause(Expression value, SourceSpan span) implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.optimizer(this);
        }
    }

    /**
     * {@code optimize weights of head.** with lr=1e-2}, or {@code … with Muon(lr=0.02)}.
     *
     * @param roles none for every parameter
     * @param selectors none for every layer
     * @param settings what is different from the network's optimizer; none if another one is given
     */
    record Optimize(
            List<Role> roles,
            List<Selector> selectors,
            List<Expression.Argument> settings,
            Optional<Expression> optimizer,
            SourceSpan span)
            implements Statement {
        /** Copies the lists. */
        public Optimize {
            roles = List.copyOf(roles);
            selectors = List.copyOf(selectors);
            settings = List.copyOf(settings);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.optimize(this);
        }
    }

    /** {@code precision float64}. */
    record PrecisionClause(Identifier name, SourceSpan span) implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.precision(this);
        }
    }

    /** Something that did not parse and has been reported. */
    record BrokenStatement(SourceSpan span) implements Statement {
        @Override
        public void accept(Visitor visitor) {
            visitor.broken(this);
        }
    }

    /** {@code float[batch, 3, 64, 64]}, or {@code float} without any size. */
    record TensorType(Identifier element, List<Expression> dimensions, SourceSpan span) {
        /** Copies the list. */
        public TensorType {
            dimensions = List.copyOf(dimensions);
        }
    }

    /** A word for parameters by what they are to their layer. */
    record Role(Kind kind, SourceSpan span) {
        /** The words. */
        public enum Kind {
            /** Weights of linear and convolution layers. */
            WEIGHTS,
            /** Biases of linear and convolution layers. */
            BIASES,
            /** Scales and shifts of normalization layers. */
            NORMS,
            /** Scales of normalization layers. */
            NORM_WEIGHTS,
            /** Shifts of normalization layers. */
            NORM_BIASES
        }
    }

    /** {@code unet.**.conv*}: segments of a layer's path, each with its asterisks. */
    record Selector(List<String> segments, SourceSpan span) {
        /** Copies the list. */
        public Selector {
            segments = List.copyOf(segments);
        }

        @Override
        public String toString() {
            return String.join(".", segments);
        }
    }
}
