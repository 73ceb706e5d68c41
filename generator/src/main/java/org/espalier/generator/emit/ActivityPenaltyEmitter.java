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
        List<String> arguments = new ArrayList<>();
        arguments.add(operands.field(op.y()));
        op.dY().ifPresent(dY -> arguments.add(operands.field(dY)));
        arguments.add(operands.field(op.dX()));
        arguments.add(names.regularizer(op.regularizer()));
        String remark = op.dY().map(dY -> operands.inPlace(dY, op.dX())).orElse("");
        return new Emission.Call(RuntimeTypes.ACTIVITY_PENALTIES, kernel(op), arguments).with(remark);
    }

    // Example:
    //
    // activityPenaltyMean(code, sparse)
    //
    Emission.Call step(Op.ActivityPenaltyBackward op) {
        List<String> arguments = List.of(operands.field(op.y()), names.regularizer(op.regularizer()));
        return new Emission.Call(RuntimeTypes.ACTIVITY_PENALTIES, kernel(op), arguments);
    }

    private static String kernel(Op.ActivityPenaltyBackward op) {
        return op.reduction() == Reduction.MEAN ? "activityPenaltyMean" : "activityPenaltySum";
    }
}
