package org.espalier.generator.ir;

import java.util.Optional;

/** An operation that only backward passes contain. There are no second derivatives. */
public interface BackwardOp extends Op {
    /** Where the backward pass starts, if its result is computed before, together with the loss. */
    default Optional<Program.Seed> seed() {
        return Optional.empty();
    }
}
