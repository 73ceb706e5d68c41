package org.espalier.runtime.optim.update;

import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.MaxNorm;

/**
 * A bound on the norms of stepped groups.
 *
 * @param <A> array of the network's precision
 */
final class MaxNormState<A> extends TermState<A> {
    private final MaxNorm term;
    private final GroupNorms<A> norms;

    MaxNormState(MaxNorm term, Groups groups, FusedUpdate.Tensor tensor, Arithmetic<A> arithmetic) {
        this.term = term;
        this.norms = new GroupNorms<>(arithmetic, groups, tensor.length(), Chunk.LENGTH);
    }

    @Override
    int order() {
        return BOUNDS;
    }

    @Override
    boolean follows() {
        return true;
    }

    @Override
    void clear(int chunk) {
        norms.clear(chunk);
    }

    @Override
    void measure(int chunk, long start, Optimizer.Update step, A[] state, A w, A scratch, int n) {
        norms.addSquares(chunk, start, w, n);
    }

    @Override
    void finishMeasuring(double lr) {
        norms.takeBound(term.lambda());
    }

    @Override
    boolean leavesAll() {
        return norms.leavesAll();
    }

    @Override
    void scale(long start, A w, int n) {
        norms.scale(start, w, n);
    }
}
