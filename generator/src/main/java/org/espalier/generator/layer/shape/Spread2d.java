package org.espalier.generator.layer.shape;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** Each element of y is one of x, or 0: upsampling and padding. */
public record Spread2d(Origin origin, Value x, Value y, Spread spread) implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (Spread.Kind kind : Spread.Kind.values()) {
            readers.put(kind.text(), p -> new Spread2d(p.origin(), p.operand(), p.result(), Spread.read(kind, p)));
            readers.put(
                    kind.text() + "_backward",
                    p -> new Backward(p.origin(), p.operand(), p.result(), Spread.read(kind, p)));
        }
        return Map.copyOf(readers);
    }

    @Override
    public String word() {
        return spread.kind().word();
    }

    @Override
    public OpSignature signature() {
        return spread.signature("").from(x).to(y).build();
    }

    @Override
    public List<String> violations() {
        return spreads(x, y, spread).violations();
    }

    // y = x here and there: dX = the sum of dY over where x went.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX, spread));
    }

    @Override
    public KernelCall call() {
        return spread.call(signature());
    }

    private static ShapeCheck spreads(Value x, Value y, Spread spread) {
        return new ShapeCheck()
                .rank(x, 4)
                .rank(y, 4)
                .then(check -> check.that(
                        y.shape().axis(1) == x.shape().axis(1)
                                && y.shape().axis(2) == spread.height(x.shape().axis(2))
                                && y.shape().axis(3) == spread.width(x.shape().axis(3)),
                        () -> spread + " does not make " + y.shape() + " of " + x.shape()));
    }

    /** Adds up dY where each element of x went. */
    public record Backward(Origin origin, Value dY, Value dX, Spread spread) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return spread.signature("_backward").from(dY).to(dX).build();
        }

        @Override
        public List<String> violations() {
            return spreads(dX, dY, spread).violations();
        }

        @Override
        public KernelCall call() {
            return spread.call(signature());
        }
    }
}
