package org.espalier.runtime.optim.update;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.OptimizerAccess;
import org.espalier.runtime.optim.regularizer.Decay;
import org.espalier.runtime.optim.regularizer.GroupLasso;
import org.espalier.runtime.optim.regularizer.GroupPenalty;
import org.espalier.runtime.optim.regularizer.L2Norm;
import org.espalier.runtime.optim.regularizer.MaxNorm;
import org.espalier.runtime.optim.regularizer.Mode;
import org.espalier.runtime.optim.regularizer.Orthogonal;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.espalier.runtime.optim.regularizer.Term;
import org.jspecify.annotations.Nullable;

/**
 * A parameter, as the update sees it: its terms, by when they act, and where it is in its steps.
 *
 * @param <A> array of the network's precision
 */
final class Slot<A> {
    /** A term on norms of groups. */
    record OnGroups<A>(Term term, double scale, GroupNorms<A> norms) {
        boolean proximal() {
            return term instanceof GroupLasso lasso && lasso.mode() == Mode.PROX;
        }
    }

    record OnProduct<A>(Orthogonal term, Gram<A> gram) {}

    final FusedUpdate.Tensor tensor;
    final List<Term> terms;
    final List<Penalty> penalties;
    final List<Chunk<A>> chunks = new ArrayList<>();
    /** Terms whose norms are taken before the step, in the regularizer's order. */
    final List<OnGroups<A>> ahead = new ArrayList<>();

    final List<OnProduct<A>> grams = new ArrayList<>();
    final List<GroupSums<A>> sums = new ArrayList<>();
    /** Terms that act on the stepped groups; bounds come last, so that they hold. */
    final List<OnGroups<A>> following = new ArrayList<>();

    boolean frozen;
    long steps;
    Optimizer.@Nullable Update step;
    /** What decoupled decay leaves of a weight in this step. */
    double keep = 1;
    /** What this step's loop over numbers where they lie needs, if it is one that such a loop can do. */
    Optional<InPlaceAdam.Coefficients> inPlace = Optional.empty();

    Slot(Arithmetic<A> arithmetic, FusedUpdate.Tensor tensor) {
        this.tensor = tensor;
        this.terms =
                tensor.regularizer() == null ? List.of() : tensor.regularizer().terms();
        this.penalties = terms.stream()
                .filter(Penalty.class::isInstance)
                .map(Penalty.class::cast)
                .toList();
        List<OnGroups<A>> bounds = new ArrayList<>();
        for (Term term : terms) {
            if (term instanceof L2Norm) {
                ahead.add(onGroups(arithmetic, term, Groups.whole(tensor.shape()), 1));
            } else if (term instanceof GroupLasso lasso) {
                Groups groups = groups(lasso, lasso.axis());
                OnGroups<A> one = onGroups(arithmetic, lasso, groups, Math.sqrt((double) groups.size()));
                ahead.add(one);
                if (one.proximal()) {
                    following.add(one);
                }
            } else if (term instanceof MaxNorm bound) {
                bounds.add(onGroups(arithmetic, bound, groups(bound, bound.axis()), 1));
            } else if (term instanceof Orthogonal orthogonal) {
                Groups rows = groups(orthogonal, orthogonal.axis());
                grams.add(new OnProduct<>(orthogonal, new Gram<>(arithmetic, rows)));
            } else if (term instanceof GroupPenalty penalty) {
                sums.add(new GroupSums<>(arithmetic, penalty, tensor.shape(), tensor.length(), Chunk.LENGTH));
            }
        }
        following.addAll(bounds);
    }

    private Groups groups(Term term, OptionalInt axis) {
        return Groups.along(term, axis.orElse(tensor.outputAxis()), tensor.shape());
    }

    private OnGroups<A> onGroups(Arithmetic<A> arithmetic, Term term, Groups groups, double scale) {
        return new OnGroups<>(term, scale, new GroupNorms<>(arithmetic, groups, tensor.length(), Chunk.LENGTH));
    }

    boolean readsAhead() {
        return !ahead.isEmpty() || !grams.isEmpty() || !sums.isEmpty();
    }

    void finishReadingAhead() {
        for (OnGroups<A> one : ahead) {
            one.norms().takeGradient(one.term().lambda(), one.scale());
        }
        for (OnProduct<A> one : grams) {
            one.gram().compute(one.term().lambda());
        }
        sums.forEach(one -> one.finish(chunks));
    }

    void finishFollowing(OnGroups<A> one, double lr) {
        if (one.term() instanceof MaxNorm) {
            one.norms().takeBound(one.term().lambda());
        } else {
            // Norms are of weights divided by their rates, which has no meaning for a rate of 0.
            one.norms().takeShrinking(lr == 0 ? 0 : one.term().lambda() * one.scale());
        }
    }

    double keptBy(Optimizer optimizer) {
        double kept = 1 - optimizer.lr() * OptimizerAccess.decay(optimizer);
        for (Term term : terms) {
            if (term instanceof Decay) {
                kept *= 1 - optimizer.lr() * term.lambda();
            }
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
        int penalty = 0;
        int norm = 0;
        int gram = 0;
        int sum = 0;
        for (int place = 0; place < terms.size(); place++) {
            Term term = terms.get(place);
            if (term instanceof Penalty) {
                for (Chunk<A> chunk : chunks) {
                    sums[place] += chunk.sums[penalty];
                }
                penalty++;
            } else if (term instanceof Orthogonal) {
                sums[place] += grams.get(gram).gram().sum();
                gram++;
            } else if (term instanceof GroupPenalty) {
                sums[place] += this.sums.get(sum).value();
                sum++;
            } else if (term.isPenalty()) {
                sums[place] += ahead.get(norm).norms().sum();
                norm++;
            }
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
