package org.espalier.runtime.optim.regularizer;

/**
 * Decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101): w ← w − lr · λ · w in the update, after gradients
 * of penalties were taken and before the optimizer's step. It passes neither momentum nor adaptive scaling and is no
 * part of the loss.
 */
public final class Decay extends Term {
    /**
     * @param lambda share of a weight that a step with learning rate 1 takes away
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    public Decay(double lambda) {
        super("decay", lambda);
    }

    @Override
    public boolean isPenalty() {
        return false;
    }
}
