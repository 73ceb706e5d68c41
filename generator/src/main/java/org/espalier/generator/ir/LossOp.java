package org.espalier.generator.ir;

import java.util.Optional;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Value;

/** An operation that computes a loss together with the gradients by what it judges. */
public interface LossOp extends BackwardOp {
    /** The loss. */
    Loss loss();

    /** Its place among the network's. */
    int place();

    /** The gradient by an operand of the loss, if it is needed. */
    Optional<Value> gradient(int operand);
}
