package org.espalier.runtime.optim.update;

import org.espalier.runtime.optim.regularizer.Decay;

/**
 * Decoupled decay, w ← (1 − lr λ) w.
 *
 * @param <A> array of the network's precision
 */
final class DecayState<A> extends TermState<A> {
    private final Decay term;

    DecayState(Decay term) {
        this.term = term;
    }

    @Override
    double keeps(double lr) {
        return 1 - lr * term.lambda();
    }
}
