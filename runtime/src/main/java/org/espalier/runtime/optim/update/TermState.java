package org.espalier.runtime.optim.update;

import java.util.OptionalInt;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.Decay;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.GroupPenalty;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Orthogonal;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.espalier.runtime.optim.regularizer.Term;

/**
 * The part that one term of a regularizer has in the update of one parameter, and what it remembers from one phase of
 * the update to the next:
 *
 * <pre>
 *   ahead of the pass   clear, read      by chunk, if it {@link #readsAhead}
 *                       finishReading    of the whole parameter
 *   in the pass         keeps, addGradient
 *   after the pass      clear, measure   by chunk, if it {@link #follows}
 *                       finishMeasuring  of the whole parameter
 *                       scale            by chunk
 *   for the ledger      addSum
 * </pre>
 *
 * <p>A kind of term overrides the phases that it takes part in. Chunks are read by several threads at a time, each
 * chunk by one.
 *
 * @param <A> array of the network's precision
 */
abstract class TermState<A> {
    // Gradients are added, and groups changed, in this order, whatever the order of the terms.
    static final int NORMS = 0;
    static final int PRODUCTS = 1;
    static final int SUMS = 2;
    /** Last, so that they hold. */
    static final int BOUNDS = 3;

    /**
     * The state of a term.
     *
     * @throws IllegalArgumentException if it needs an axis that the parameter does not have
     */
    static <A> TermState<A> of(Term term, Slot<A> slot, Arithmetic<A> arithmetic) {
        FusedUpdate.Tensor tensor = slot.tensor;
        if (term instanceof Penalty penalty) {
            return new ElementwiseState<>(slot, slot.penalties.indexOf(penalty));
        }
        if (term instanceof GroupPenalty penalty) {
            return new GroupSums<>(arithmetic, penalty, slot.chunks, tensor.shape(), tensor.length(), Chunk.LENGTH);
        }
        if (term instanceof L2Norm norm) {
            return GroupNormState.of(norm, tensor, arithmetic);
        }
        if (term instanceof GroupLasso lasso) {
            return GroupNormState.of(lasso, groups(lasso, lasso.axis(), tensor), tensor, arithmetic);
        }
        if (term instanceof MaxNorm bound) {
            return new MaxNormState<>(bound, groups(bound, bound.axis(), tensor), tensor, arithmetic);
        }
        if (term instanceof Orthogonal orthogonal) {
            return new Gram<>(arithmetic, orthogonal, groups(orthogonal, orthogonal.axis(), tensor));
        }
        if (term instanceof Decay decay) {
            return new DecayState<>(decay);
        }
        throw new IllegalArgumentException("no update for " + term);
    }

    private static Groups groups(Term term, OptionalInt axis, FusedUpdate.Tensor tensor) {
        return Groups.along(term, axis.orElse(tensor.outputAxis()), tensor.shape());
    }

    /** The place of this kind in the order in which terms act. */
    int order() {
        return NORMS;
    }

    /** Tells whether it needs the weights before the pass. */
    boolean readsAhead() {
        return false;
    }

    /** Tells whether it changes whole groups of stepped weights. */
    boolean follows() {
        return false;
    }

    /** Forgets what it read of a chunk. */
    void clear(int chunk) {}

    /** Reads {@code n} weights of a chunk, those of the parameter from {@code start} on. */
    void read(int chunk, long start, A w, int n) {}

    /** Works out, of all that was read, its value and its gradient. */
    void finishReading() {}

    /** Returns the share of a weight that remains when this is done to it by itself. */
    double keeps(double lr) {
        return 1;
    }

    /** Adds its gradient at {@code n} weights, those of the parameter from {@code start} on, to {@code g}. */
    void addGradient(long start, A w, A g, int n) {}

    /**
     * Reads {@code n} stepped weights of a chunk, those of the parameter from {@code start} on.
     *
     * @param step what was done to them
     * @param state the optimizer's numbers of them
     * @param scratch is overwritten
     */
    void measure(int chunk, long start, Optimizer.Update step, A[] state, A w, A scratch, int n) {}

    /** Works out, of all that was measured, what becomes of each group. */
    void finishMeasuring(double lr) {}

    /** Tells whether no group is to be changed. */
    boolean leavesAll() {
        return true;
    }

    /** Changes {@code n} weights, those of the parameter from {@code start} on. */
    void scale(long start, A w, int n) {}

    /** Returns {@code sum} with what this summed of the weights before the step, unweighted. */
    double addSum(double sum) {
        return sum;
    }
}
