package org.espalier.generator.ir;

import org.espalier.generator.ir.op.BackwardOp;

/** Adds the gradient of a penalty on an activity. */
public interface PenaltyOp extends BackwardOp {
    /** The name of the {@link UpdateGroup} that the penalty is of. */
    String regularizer();

    /** Returns the activity that is penalized, and its reduction. */
    UpdateGroup.Activity activity();
}
