package org.espalier.generator.layer.pooling;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.text.PrintedOp;

/** The largest element of each window; padding never wins. */
public record MaxPool2d(Origin origin, Value x, Value y, Window window) implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "max_pool2d", p -> new MaxPool2d(p.origin(), p.operand(), p.result(), p.window()),
            "max_pool2d_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.window()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("max_pool2d").from(x).to(y).attribute(window).build();
    }

    @Override
    public List<String> violations() {
        return Pools.check(x, y, window).violations();
    }

    // y = max of a window of x: dX = dY where x was the first to reach it, else 0.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, x, dY, dX, window));
    }

    @Override
    public Optional<Window> slides() {
        return Optional.of(window);
    }

    /** Sends each dY to the first largest element of its window. */
    public record Backward(Origin origin, Value x, Value dY, Value dX, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("max_pool2d_backward")
                    .with(x)
                    .from(dY)
                    .to(dX)
                    .attribute(window)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Pools.check(x, dY, window)
                    .then(check -> check.sameShape(x, dX))
                    .violations();
        }
    }
}
