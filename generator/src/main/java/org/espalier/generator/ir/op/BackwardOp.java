package org.espalier.generator.ir.op;

import java.util.Optional;

/** An operation that only backward passes contain. There are no second derivatives. */
public interface BackwardOp extends Op {
    /** Where the backward pass starts, if its result is computed before, together with the loss. */
    default Optional<Seed> seed() {
        return Optional.empty();
    }
}
