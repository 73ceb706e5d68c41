package org.espalier.generator.layer.activation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** y = f(x) for each element. */
public record Activation(Origin origin, Value x, Value y, ActivationFunction function) implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (ActivationFunction.Kind kind : ActivationFunction.Kind.values()) {
            readers.put(
                    kind.text(),
                    p -> new Activation(p.origin(), p.operand(), p.result(), ActivationFunction.read(kind, p)));
            readers.put(
                    kind.text() + "_backward",
                    p -> new Backward(
                            p.origin(), p.operand(), p.operand(), p.result(), ActivationFunction.read(kind, p)));
        }
        return Map.copyOf(readers);
    }

    @Override
    public String word() {
        return function.kind().word();
    }

    @Override
    public OpSignature signature() {
        return function.signature("").from(x).to(y).build();
    }

    @Override
    public Effect effect() {
        return Effect.elementwise(signature());
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(function.range());
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().sameShape(x, y).violations();
    }

    // y = f(x): dX = dY f′(x), with f′(x) from x or from y. The formulas stand with each function.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        Value known = function.isDerivedFromResult() ? y : x;
        tape.contribute(x, dX -> new Backward(origin, known, dY, dX, function));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
    }

    /**
     * dX = dY f′(x).
     *
     * @param known x or y, whichever tells f′(x): see {@link ActivationFunction#isDerivedFromResult}
     */
    public record Backward(Origin origin, Value known, Value dY, Value dX, ActivationFunction function)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return function.signature("_backward").with(known).from(dY).to(dX).build();
        }

        @Override
        public Effect effect() {
            return Effect.elementwise(signature());
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck().sameShape(known, dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
        }
    }
}
