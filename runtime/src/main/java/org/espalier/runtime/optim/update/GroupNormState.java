package org.espalier.runtime.optim.update;

import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Term;

/**
 * λ · scale · Σ ‖w_g‖₂ over groups, {@link L2Norm} and {@link GroupLasso}: by its subgradient before the step, or by
 * its proximal map after it.
 *
 * @param <A> array of the network's precision
 */
final class GroupNormState<A> extends TermState<A> {
    private final Arithmetic<A> arithmetic;
    private final Term term;
    private final double scale;
    private final boolean proximal;
    private final GroupNorms<A> norms;

    private GroupNormState(
            Term term, double scale, boolean proximal, Groups groups, long length, Arithmetic<A> arithmetic) {
        this.arithmetic = arithmetic;
        this.term = term;
        this.scale = scale;
        this.proximal = proximal;
        this.norms = new GroupNorms<>(arithmetic, groups, length, Chunk.LENGTH);
    }

    static <A> GroupNormState<A> of(L2Norm term, FusedUpdate.Tensor tensor, Arithmetic<A> arithmetic) {
        return new GroupNormState<>(term, 1, false, Groups.whole(tensor.shape()), tensor.length(), arithmetic);
    }

    static <A> GroupNormState<A> of(
            GroupLasso term, Groups groups, FusedUpdate.Tensor tensor, Arithmetic<A> arithmetic) {
        double scale = Math.sqrt((double) groups.size());
        return new GroupNormState<>(term, scale, term.mode() == Mode.PROX, groups, tensor.length(), arithmetic);
    }

    @Override
    boolean readsAhead() {
        return true;
    }

    @Override
    boolean follows() {
        return proximal;
    }

    @Override
    void clear(int chunk) {
        norms.clear(chunk);
    }

    @Override
    void read(int chunk, long start, A w, int n) {
        norms.addSquares(chunk, start, w, n);
    }

    @Override
    void finishReading() {
        norms.takeGradient(term.lambda(), scale);
    }

    @Override
    void addGradient(long start, A w, A g, int n) {
        if (!proximal) {
            norms.addGradient(start, w, g, n);
        }
    }

    @Override
    void measure(int chunk, long start, Optimizer.Update step, A[] state, A w, A scratch, int n) {
        arithmetic.rates(step, scratch, state, n);
        norms.addSquares(chunk, start, w, scratch, n);
    }

    @Override
    void finishMeasuring(double lr) {
        // Norms are of weights divided by their rates, which has no meaning for a rate of 0.
        norms.takeShrinking(lr == 0 ? 0 : term.lambda() * scale);
    }

    @Override
    boolean leavesAll() {
        return norms.leavesAll();
    }

    @Override
    void scale(long start, A w, int n) {
        norms.scale(start, w, n);
    }

    @Override
    double addSum(double sum) {
        return sum + norms.sum();
    }
}
