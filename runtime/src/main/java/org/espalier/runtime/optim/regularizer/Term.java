package org.espalier.runtime.optim.regularizer;

import java.util.OptionalInt;
import org.espalier.runtime.kernel.memory.Guard;
import org.jspecify.annotations.Nullable;

/**
 * One term of a regularizer: a penalty that is added to the loss ({@link Penalty}, {@link L1}, {@link L2},
 * {@link GroupPenalty}, {@link L2Norm}, {@link GroupLasso}, {@link Orthogonal}), or something that the update does to
 * the weights and no loss knows of ({@link Decay}, {@link MaxNorm}).
 *
 * <p>λ may be changed between steps; the change holds from the next update on, for activities from the next backward.
 */
public abstract sealed class Term permits Penalty, GroupPenalty, L2Norm, GroupLasso, Orthogonal, Decay, MaxNorm {
    private final String word;
    private volatile double lambda;
    private volatile @Nullable Guard guard;

    /**
     * @param word the word of the language, which is the ledger's: {@code l1}
     * @param lambda factor of the term
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    Term(String word, double lambda) {
        this.word = word;
        this.lambda = requireLambda(word, lambda);
    }

    /** The word of the language; {@link Regularizer#names} has the terms' names in the ledger. */
    public final String term() {
        return word;
    }

    /** The factor λ. */
    public final double lambda() {
        return lambda;
    }

    /**
     * Changes λ from the next update on, for activities from the next backward, for warm-up and schedules.
     *
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     * @throws IllegalStateException if another thread is using the network, whose step needs one λ throughout, or the
     *     network is closed
     */
    public final void lambda(double lambda) {
        double checked = requireLambda(word, lambda);
        Guard.inside(guard, () -> this.lambda = checked);
    }

    /** Lets λ change only while nobody else uses the network that has this guard. */
    final void guardedBy(Guard guard) {
        this.guard = guard;
    }

    /** Tells whether it is a part of the loss and has an entry in the ledger. */
    public boolean isPenalty() {
        return true;
    }

    /** Returns the factor that turns the sum over all elements into the penalty: λ for L1, λ/2 for L2. */
    protected double weight() {
        return lambda;
    }

    @Override
    public String toString() {
        return word + "(" + lambda + (qualifier().isEmpty() ? "" : ", " + qualifier()) + ")";
    }

    /** Returns its arguments besides λ as text: {@code axis=1, mode=prox}, or nothing. */
    String qualifier() {
        return "";
    }

    static String qualifier(OptionalInt axis, Mode mode) {
        String axes = axis.isPresent() ? "axis=" + axis.getAsInt() : "";
        String modes = mode == Mode.PROX ? "mode=prox" : "";
        return axes + (axes.isEmpty() || modes.isEmpty() ? "" : ", ") + modes;
    }

    static int requireAxis(String word, int axis) {
        if (axis < 0) {
            throw new IllegalArgumentException("axis of " + word + " must be at least 0, but is " + axis);
        }
        return axis;
    }

    private static double requireLambda(String word, double lambda) {
        if (!(lambda >= 0) || lambda == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "lambda of " + word + " must be a finite number of at least 0, but is " + lambda);
        }
        return lambda;
    }
}
