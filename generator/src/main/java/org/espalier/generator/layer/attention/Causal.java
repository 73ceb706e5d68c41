package org.espalier.generator.layer.attention;

import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** Scores [batch, …, queries, keys] of which those of later keys, j > i, become −∞. */
public record Causal(Origin origin, Value x, Value y) implements ForwardOp {
    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "causal_mask", p -> new Causal(p.origin(), p.operand(), p.result()),
            "causal_mask_backward", p -> new Backward(p.origin(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("causal_mask").from(x).to(y).build();
    }

    @Override
    public List<String> violations() {
        return check(x, y).violations();
    }

    private static ShapeCheck check(Value x, Value y) {
        return new ShapeCheck()
                .sameShape(x, y)
                .that(
                        x.shape().batched() && x.shape().rank() > 2,
                        () -> x + " is " + x.shape() + " and should be a matrix for each sample");
    }

    // y = x where j ≤ i: dX = dY there, and 0 elsewhere.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX));
    }

    /** dX = dY where j ≤ i, and 0 elsewhere. */
    public record Backward(Origin origin, Value dY, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("causal_mask_backward").from(dY).to(dX).build();
        }

        @Override
        public List<String> violations() {
            return check(dY, dX).violations();
        }
    }
}
