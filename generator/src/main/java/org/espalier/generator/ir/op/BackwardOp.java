package org.espalier.generator.ir.op;

import java.util.Optional;

/** An operation that only backward passes contain. There are no second derivatives. */
public interface BackwardOp extends Op {
    /**
     * Returns the seed that the backward pass starts from, if its result is computed before, together with the loss.
     */
    default Optional<Seed> seed() {
        return Optional.empty();
    }
}
