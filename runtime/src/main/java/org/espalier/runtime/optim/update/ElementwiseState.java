package org.espalier.runtime.optim.update;

import org.espalier.runtime.optim.regularizer.Penalty;

/**
 * A {@link Penalty} on single elements. Its gradient and value are part of the loop over a block, with all others of
 * the parameter; each chunk has their sums.
 *
 * @param <A> array of the network's precision
 */
final class ElementwiseState<A> extends TermState<A> {
    private final Slot<A> slot;
    private final int place;

    /** @param place among the parameter's penalties */
    ElementwiseState(Slot<A> slot, int place) {
        this.slot = slot;
        this.place = place;
    }

    @Override
    double addSum(double sum) {
        double all = sum;
        for (Chunk<A> chunk : slot.chunks) {
            all += chunk.sums[place];
        }
        return all;
    }
}
