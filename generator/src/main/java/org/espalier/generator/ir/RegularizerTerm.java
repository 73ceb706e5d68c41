package org.espalier.generator.ir;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.espalier.generator.formula.Branchless;
import org.espalier.generator.formula.Formula;
import org.espalier.generator.formula.Subformulas;
import org.espalier.generator.formula.pieces.Kinks;
import org.espalier.generator.source.SourceSpan;

/**
 * One term of a regularizer on a parameter: a penalty that is added to the loss, or something that the update does to
 * the weights ({@link Decay}, {@link MaxNorm}). What each means is written in the language reference.
 */
public sealed interface RegularizerTerm {
    /** The word of the language, {@code l1}. */
    String word();

    /** The factor λ; for {@link MaxNorm} its bound. */
    double lambda();

    /** The same with another factor. */
    RegularizerTerm withLambda(double lambda);

    /** Returns what two terms have in common that differ in their factors alone, so that those add. */
    default Object kind() {
        return getClass();
    }

    /** Tells whether it looks at the parameter's output units, so that their axis matters. */
    default boolean isOnOutputUnits() {
        return false;
    }

    /**
     * Tells whether it is a penalty of which each element has its own share and its own slope, so that it may be on
     * activities, which no update follows.
     */
    default boolean isOfElements() {
        return false;
    }

    /** The same with what the parameter it is on decides for it. */
    default RegularizerTerm on(ParameterDecl parameter) {
        return this;
    }

    /** The word and its arguments, as the resolved table prints them: {@code l1(1e-5)}, {@code l1(1e-5, mode=prox)}. */
    String describe();

    /** Calls the visitor's method for this kind of term. */
    <R> R accept(Visitor<R> visitor);

    /** Mode by which a penalty with a kink at 0 enters the update. */
    enum Mode {
        /** Its subgradient of least norm is added to the gradient; it gives no exact zeros. */
        SUBGRADIENT,
        /** Its proximal map follows the step, which gives exact zeros. */
        PROX
    }

    /** Penalty λ Σ|w|, gradient λ sgn(w) with sgn(0) = 0. */
    record L1(double lambda, Mode mode) implements RegularizerTerm {
        /** With its subgradient. */
        public L1(double lambda) {
            this(lambda, Mode.SUBGRADIENT);
        }

        @Override
        public String word() {
            return "l1";
        }

        @Override
        public boolean isOfElements() {
            return mode == Mode.SUBGRADIENT;
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new L1(lambda, mode);
        }

        @Override
        public String describe() {
            return "l1(" + Decimal.written(lambda) + suffix(mode) + ")";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.l1(this);
        }
    }

    /** Penalty ½ λ Σw², gradient λ w. */
    record L2(double lambda) implements RegularizerTerm {
        @Override
        public String word() {
            return "l2";
        }

        @Override
        public boolean isOfElements() {
            return true;
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new L2(lambda);
        }

        @Override
        public String describe() {
            return "l2(" + Decimal.written(lambda) + ")";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.l2(this);
        }
    }

    /** Penalty λ ‖w‖₂ over the whole parameter, gradient λ w / ‖w‖₂, and 0 at w = 0. */
    record L2Norm(double lambda) implements RegularizerTerm {
        @Override
        public String word() {
            return "l2_norm";
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new L2Norm(lambda);
        }

        @Override
        public String describe() {
            return "l2_norm(" + Decimal.written(lambda) + ")";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.l2Norm(this);
        }
    }

    /**
     * Penalty λ √(group size) Σ ‖w_g‖₂, each group with the gradient of a norm.
     *
     * @param lambda factor of the penalty
     * @param axis of the parameter, an index of which is a group; empty for the axis of its output units, which is
     *     {@link ParameterDecl#outputAxis}
     * @param mode how it enters the update
     */
    record GroupLasso(double lambda, OptionalInt axis, Mode mode) implements RegularizerTerm {
        @Override
        public String word() {
            return "group_lasso";
        }

        @Override
        public boolean isOnOutputUnits() {
            return axis.isEmpty();
        }

        @Override
        public RegularizerTerm on(ParameterDecl parameter) {
            return new GroupLasso(lambda, OptionalInt.of(axis.orElse(parameter.outputAxis())), mode);
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new GroupLasso(lambda, axis, mode);
        }

        @Override
        public String describe() {
            String groups = axis.isPresent() ? ", axis=" + axis.getAsInt() : "";
            return "group_lasso(" + Decimal.written(lambda) + groups + suffix(mode) + ")";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.groupLasso(this);
        }
    }

    /** Penalty λ ‖W Wᵀ − I‖²_F, W as [output units, rest]. */
    record Orthogonal(double lambda) implements RegularizerTerm {
        @Override
        public String word() {
            return "orthogonal";
        }

        @Override
        public boolean isOnOutputUnits() {
            return true;
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new Orthogonal(lambda);
        }

        @Override
        public String describe() {
            return "orthogonal(" + Decimal.written(lambda) + ")";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.orthogonal(this);
        }
    }

    /** Decoupled decay w ← w − lr·λ·w in the update; no part of the loss. */
    record Decay(double lambda) implements RegularizerTerm {
        @Override
        public String word() {
            return "decay";
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new Decay(lambda);
        }

        @Override
        public String describe() {
            return "decay(" + Decimal.written(lambda) + ")";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.decay(this);
        }
    }

    /**
     * Scales output units whose norm is above a bound back to it, after the update; no part of the loss.
     *
     * @param lambda the bound c, above 0
     */
    record MaxNorm(double lambda) implements RegularizerTerm {
        @Override
        public String word() {
            return "max_norm";
        }

        @Override
        public boolean isOnOutputUnits() {
            return true;
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new MaxNorm(lambda);
        }

        @Override
        public String describe() {
            return "max_norm(" + Decimal.written(lambda) + ")";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.maxNorm(this);
        }
    }

    /**
     * A penalty that the {@code .net} defines: {@code regularizer huber(d) = w -> …}.
     *
     * @param word the regularizer's name
     * @param call its name with the arguments that the formulas contain: {@code huber(0.1)}
     * @param variable what it calls the weight
     * @param span the declaration
     */
    record Definition(String word, String call, String variable, SourceSpan span) {
        String describe(double lambda) {
            return lambda == 1 ? call : Decimal.written(lambda) + " * " + call;
        }
    }

    /**
     * Penalty λ Σ f(w) with a formula f of the {@code .net}, gradient λ f′(w).
     *
     * @param value f
     * @param slope f′ and where it has kinks
     */
    record UserDefined(Definition definition, double lambda, Formula value, Kinks slope) implements RegularizerTerm {
        /** The numbers of both formulas. */
        public List<Double> constants() {
            return Stream.of(value, slope.derivative())
                    .flatMap(formula -> Subformulas.of(Branchless.of(formula)).stream())
                    .flatMap(part ->
                            part instanceof Formula.Constant constant ? Stream.of(constant.value()) : Stream.of())
                    .toList();
        }

        @Override
        public String word() {
            return definition.word();
        }

        @Override
        public boolean isOfElements() {
            return true;
        }

        @Override
        public Object kind() {
            return definition;
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new UserDefined(definition, lambda, value, slope);
        }

        @Override
        public String describe() {
            return definition.describe(lambda);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.userDefined(this);
        }
    }

    /**
     * Penalty λ Σ_g F(s₁, s₂, …) over groups g with formulas of the {@code .net}, s_j = Σ f_j(w) over the weights of
     * the group; gradient λ Σ_j ∂F/∂s_j f_j′(w).
     *
     * @param sums the f_j
     * @param axis of the parameter, an index of which is a group; empty for one group of all weights
     * @param value F, a formula of the sums' names
     */
    record UserDefinedOnGroups(
            Definition definition, double lambda, List<GroupSum> sums, OptionalInt axis, Formula value)
            implements RegularizerTerm {
        /** Copies the list. */
        public UserDefinedOnGroups {
            sums = List.copyOf(sums);
        }

        @Override
        public String word() {
            return definition.word();
        }

        @Override
        public Object kind() {
            return definition;
        }

        @Override
        public RegularizerTerm withLambda(double lambda) {
            return new UserDefinedOnGroups(definition, lambda, sums, axis, value);
        }

        @Override
        public String describe() {
            return definition.describe(lambda);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.userDefinedOnGroups(this);
        }
    }

    /**
     * A sum over the weights of a group.
     *
     * @param name as F calls it
     * @param value f
     * @param slope f′ and where it has kinks
     * @param factor ∂F by the sum; where that is infinite and f′ is 0, it is 0
     */
    record GroupSum(String name, Formula value, Kinks slope, Formula factor) {}

    private static String suffix(Mode mode) {
        return mode == Mode.PROX ? ", mode=prox" : "";
    }

    /** Something that is done for each kind of term. */
    interface Visitor<R> {
        /** For {@link L1}. */
        R l1(L1 term);

        /** For {@link L2}. */
        R l2(L2 term);

        /** For {@link L2Norm}. */
        R l2Norm(L2Norm term);

        /** For {@link GroupLasso}. */
        R groupLasso(GroupLasso term);

        /** For {@link Orthogonal}. */
        R orthogonal(Orthogonal term);

        /** For {@link Decay}. */
        R decay(Decay term);

        /** For {@link MaxNorm}. */
        R maxNorm(MaxNorm term);

        /** For {@link UserDefined}. */
        R userDefined(UserDefined term);

        /** For {@link UserDefinedOnGroups}. */
        R userDefinedOnGroups(UserDefinedOnGroups term);
    }
}
