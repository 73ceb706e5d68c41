package org.espalier.generator.emit;

import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.UpdateGroup.Reduction;

/** Penalties on activities. Value and gradient come from one pass, in backward; forward has nothing of them. */
final class ActivityPenaltyEmitter {
    private final Operands operands;
    private final Names names;

    ActivityPenaltyEmitter(Operands operands, Names names) {
        this.operands = operands;
        this.names = names;
    }

    // Example:
    //
    // activityPenaltyMean(code, dCodeFromRelu, dCode, sparse); // in place
    //
    // or, where nothing else reads the activity:
    //
    // activityPenaltyMean(code, dCode, sparse);
    //
    Emission activityPenaltyBackward(Op.ActivityPenaltyBackward op) {
        String kernel = op.reduction() == Reduction.MEAN ? "activityPenaltyMean" : "activityPenaltySum";
        List<String> arguments = new ArrayList<>();
        arguments.add(operands.field(op.y()));
        op.dY().ifPresent(dY -> arguments.add(operands.field(dY)));
        arguments.add(operands.field(op.dX()));
        arguments.add(names.regularizer(op.regularizer()));
        String remark = op.dY().map(dY -> operands.inPlace(dY, op.dX())).orElse("");
        return new Emission.Call(RuntimeTypes.ACTIVITY_PENALTIES, kernel, arguments).with(remark);
    }
}
