package org.espalier.generator.regularizer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.PenaltyOp;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.UpdateGroup.Reduction;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * dX = dY + λ f′(y) for the penalty λ Σ f(y) on what a layer computed, divided by the batch if the penalty is a mean;
 * without dY where nothing else reads y. What the penalty is adds to the regularizer's line of the ledger.
 *
 * @param regularizer the name of the {@link UpdateGroup}
 */
public record ActivityPenaltyBackward(
        Origin origin, Value y, Optional<Value> dY, Value dX, String regularizer, Reduction reduction)
        implements PenaltyOp {
    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "activity_penalty_backward",
            p -> new ActivityPenaltyBackward(
                    p.origin(),
                    p.operand(),
                    p.optionalOperand(),
                    p.result(),
                    p.text("regularizer"),
                    p.constant("reduction", Reduction.class)));

    @Override
    public OpSignature signature() {
        return OpSignature.of("activity_penalty_backward")
                .with(y)
                .from(dY.stream().toList())
                .to(dX)
                .attribute("regularizer", new Argument.Regularizer(regularizer))
                .attribute("reduction", reduction.word())
                .build();
    }

    @Override
    public Effect effect() {
        return Effect.elementwise(signature());
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().equal(dY, y.shape()).equal(dX, y.shape()).violations();
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature(), new Argument.Regularizer(regularizer))
                .named(KernelCall.Owner.ACTIVITY_PENALTIES, "activity_penalty_" + reduction.word());
    }

    @Override
    public UpdateGroup.Activity activity() {
        return new UpdateGroup.Activity(y, reduction);
    }
}
