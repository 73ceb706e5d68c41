package org.espalier.generator.layer.elementwise;

import java.util.Optional;
import org.espalier.generator.ir.op.ForwardOp;

/** An operation that can be said as a formula, and so become one loop with neighbours that can be said so, too. */
public interface FormulaOp extends ForwardOp {
    /**
     * Returns the formula that computes the same, if there is one: this itself, or what takes the place of this and its
     * own kernel where a neighbour is computed by a formula's loop.
     */
    Optional<Elementwise> asFormula();
}
