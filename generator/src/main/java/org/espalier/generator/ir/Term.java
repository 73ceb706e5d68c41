package org.espalier.generator.ir;

import java.util.OptionalInt;

/**
 * One term of a regularizer on a parameter: a penalty that is added to the loss, or something that the update does to
 * the weights ({@link Decay}, {@link MaxNorm}). What each means is written in the language reference.
 */
public sealed interface Term {
    /** The word of the language, {@code l1}. */
    String word();

    /** The factor λ; for {@link MaxNorm} its bound. */
    double lambda();

    /** The same with another factor. */
    Term withLambda(double lambda);

    /** Whether it looks at the parameter's output units, so that their axis matters. */
    default boolean isOnOutputUnits() {
        return false;
    }

    /** The same with what the parameter it is on decides for it. */
    default Term on(Parameter parameter) {
        return this;
    }

    /** The word and its arguments, as the resolved table prints them: {@code l1(1e-5)}, {@code l1(1e-5, mode=prox)}. */
    String describe();

    /** Calls the visitor's method for this kind of term. */
    <R> R accept(Visitor<R> visitor);

    /** How a penalty with a kink at 0 enters the update. */
    enum Mode {
        /** Its subgradient of least norm is added to the gradient; it gives no exact zeros. */
        SUBGRADIENT,
        /** Its proximal map follows the step, which gives exact zeros. */
        PROX
    }

    /** Penalty λ Σ|w|, gradient λ sgn(w) with sgn(0) = 0. */
    record L1(double lambda, Mode mode) implements Term {
        /** With its subgradient. */
        public L1(double lambda) {
            this(lambda, Mode.SUBGRADIENT);
        }

        @Override
        public String word() {
            return "l1";
        }

        @Override
        public Term withLambda(double lambda) {
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
    record L2(double lambda) implements Term {
        @Override
        public String word() {
            return "l2";
        }

        @Override
        public Term withLambda(double lambda) {
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
    record L2Norm(double lambda) implements Term {
        @Override
        public String word() {
            return "l2_norm";
        }

        @Override
        public Term withLambda(double lambda) {
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
     *     {@link Parameter#outputAxis}
     * @param mode how it enters the update
     */
    record GroupLasso(double lambda, OptionalInt axis, Mode mode) implements Term {
        @Override
        public String word() {
            return "group_lasso";
        }

        @Override
        public boolean isOnOutputUnits() {
            return axis.isEmpty();
        }

        @Override
        public Term on(Parameter parameter) {
            return new GroupLasso(lambda, OptionalInt.of(axis.orElse(parameter.outputAxis())), mode);
        }

        @Override
        public Term withLambda(double lambda) {
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
    record Orthogonal(double lambda) implements Term {
        @Override
        public String word() {
            return "orthogonal";
        }

        @Override
        public boolean isOnOutputUnits() {
            return true;
        }

        @Override
        public Term withLambda(double lambda) {
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
    record Decay(double lambda) implements Term {
        @Override
        public String word() {
            return "decay";
        }

        @Override
        public Term withLambda(double lambda) {
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
    record MaxNorm(double lambda) implements Term {
        @Override
        public String word() {
            return "max_norm";
        }

        @Override
        public boolean isOnOutputUnits() {
            return true;
        }

        @Override
        public Term withLambda(double lambda) {
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
    }
}
