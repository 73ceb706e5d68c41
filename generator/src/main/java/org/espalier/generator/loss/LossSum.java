package org.espalier.generator.loss;

import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * The sum of two gradients by a value that several losses judge, computed together with the losses.
 *
 * @param judged the value
 */
public record LossSum(Origin origin, Value judged, Value a, Value b, Value sum) implements BackwardOp {
    private static final String NAME = "loss_sum";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS =
            Map.of(NAME, p -> new LossSum(p.origin(), p.operand(), p.operand(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of(NAME).with(judged).from(a, b).to(sum).build();
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().sameShape(a, b, sum).sameShape(judged, sum).violations();
    }

    @Override
    public List<Seed> seeds() {
        return List.of(new Seed(judged, sum));
    }
}
