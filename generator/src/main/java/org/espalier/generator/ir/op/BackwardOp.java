package org.espalier.generator.ir.op;

import java.util.List;

/** An operation that only backward passes contain. There are no second derivatives. */
public interface BackwardOp extends Op {
    /**
     * Returns the seeds that the backward pass starts from and that this computes before it, together with the loss.
     */
    default List<Seed> seeds() {
        return List.of();
    }

    /** Tells whether, of the gradient by a table, it writes those rows only that occur. */
    default boolean writesRowsOnly() {
        return false;
    }
}
