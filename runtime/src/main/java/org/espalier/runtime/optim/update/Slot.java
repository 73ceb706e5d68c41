package org.espalier.runtime.optim.update;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.espalier.runtime.kernel.embedding.TableGradient;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.OptimizerAccess;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.espalier.runtime.optim.regularizer.Term;
import org.jspecify.annotations.Nullable;

/**
 * A parameter, as the update sees it: its terms, by when they act, and where it is in its steps.
 *
 * @param <A> array of the network's precision
 */
final class Slot<A> {
    final FusedUpdate.Tensor tensor;
    /** Those of its terms that work element by element, in the regularizer's order. */
    final List<Penalty> penalties;

    final List<Chunk<A>> chunks = new ArrayList<>();
    /** Every term, in the regularizer's order. */
    private final List<TermState<A>> terms;
    /** Terms that need the weights before the step, in the order in which they act. */
    final List<TermState<A>> ahead;
    /** Terms that act on stepped groups, in that order. */
    final List<TermState<A>> following;

    /** Its gradient, if kernels write some of its rows. */
    Supplier<Optional<TableGradient>> table = Optional::empty;

    /** The rows that this step changes, if it is one that leaves the others as they are. */
    Optional<int[]> rows = Optional.empty();

    boolean frozen;
    /** The place of its optimizer among those of the network. */
    int optimizer;
    /** Factor of its gradient in this step. */
    double scale = 1;
    /** The learning rate of this step. */
    double lr;

    long steps;
    Optimizer.@Nullable Update step;
    /** Directions of the whole parameter, if its optimizer looks at it as a whole. */
    @Nullable
    WholeParameter<A> whole;

    /** Tells whether the step is in its second pass, along directions. */
    boolean goesAlong;

    /** Share of a weight that decoupled weight decay leaves in this step. */
    double keep = 1;
    /** Coefficients of this step for {@link InPlaceAdam}, if it is a step that can be done in place. */
    Optional<InPlaceAdam.Coefficients> inPlace = Optional.empty();

    Slot(Arithmetic<A> arithmetic, FusedUpdate.Tensor tensor) {
        this.tensor = tensor;
        List<Term> all =
                tensor.regularizer() == null ? List.of() : tensor.regularizer().terms();
        this.penalties = all.stream()
                .filter(Penalty.class::isInstance)
                .map(Penalty.class::cast)
                .toList();
        this.terms = new ArrayList<>();
        for (Term term : all) {
            terms.add(TermState.of(term, this, arithmetic));
        }
        List<TermState<A>> ordered =
                terms.stream().sorted(Comparator.comparingInt(TermState::order)).toList();
        this.ahead = ordered.stream().filter(TermState::readsAhead).toList();
        this.following = ordered.stream().filter(TermState::follows).toList();
    }

    boolean readsAhead() {
        return !ahead.isEmpty();
    }

    /** Finds the rows that a step changes, if it leaves those without gradient as they are. */
    Optional<int[]> changedRows(Optimizer.Update step) {
        boolean rests = step.restsWithoutGradient() && terms.isEmpty() && keep == 1 && scale > 0;
        return rests ? table.get().filter(gradient -> !gradient.isWhole()).map(TableGradient::rows) : Optional.empty();
    }

    /** Some numbers of a row, which lie in one block of a chunk. */
    interface Stretch<A> {
        void run(Chunk<A> chunk, int start, int count);
    }

    /** Runs {@code work} on the numbers of a row. */
    void forEachStretch(int row, Stretch<A> work) {
        long columns = tensor.length() / tensor.shape().get(0);
        long end = (row + 1) * columns;
        long from = row * columns;
        while (from < end) {
            int start = (int) (from % Chunk.LENGTH);
            int count = (int) Math.min(Chunk.BLOCK - start % Chunk.BLOCK, end - from);
            work.run(chunks.get((int) (from / Chunk.LENGTH)), start, count);
            from += count;
        }
    }

    double keptBy(Optimizer optimizer) {
        double kept = 1 - optimizer.lr() * OptimizerAccess.decay(optimizer);
        for (TermState<A> term : terms) {
            kept *= term.keeps(optimizer.lr());
        }
        return kept;
    }

    Optional<InPlaceAdam.Coefficients> coefficients(Optimizer optimizer, Optimizer.Update step, double clip) {
        return readsAhead() || optimizer.clipValue() < Double.POSITIVE_INFINITY
                ? Optional.empty()
                : InPlaceAdam.Coefficients.of(step, penalties, keep, clip);
    }

    /** Adds what the terms summed, unweighted, to {@code sums}, each to its term's. */
    void addSums(double[] sums) {
        for (int place = 0; place < sums.length; place++) {
            sums[place] = terms.get(place).addSum(sums[place]);
        }
    }

    void ensureState(Arithmetic<A> arithmetic, int states) {
        for (Chunk<A> chunk : chunks) {
            while (chunk.state.size() < chunk.blocks()) {
                chunk.state.add(arithmetic.blocks(states, chunk.blockLength(chunk.state.size())));
            }
        }
    }
}
