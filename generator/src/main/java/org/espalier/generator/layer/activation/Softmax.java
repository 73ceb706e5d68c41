package org.espalier.generator.layer.activation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Range;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * y[c] = exp(x[c])/Σ_k exp(x[k]) along an axis, at each place of the others.
 *
 * @param axis which, counted with the batch, which it is not
 * @param log whether y is the logarithm of that
 */
public record Softmax(Origin origin, Value x, Value y, int axis, boolean log) implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "softmax", p -> new Softmax(p.origin(), p.operand(), p.result(), p.whole("axis"), false),
            "softmax_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole("axis"), false),
            "log_softmax", p -> new Softmax(p.origin(), p.operand(), p.result(), p.whole("axis"), true),
            "log_softmax_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole("axis"), true));

    @Override
    public String word() {
        return log ? "LogSoftmax" : "Softmax";
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of(log ? "log_softmax" : "softmax")
                .from(x)
                .to(y)
                .attribute("axis", axis)
                .build();
    }

    @Override
    public Optional<Range> range() {
        return Optional.of(log ? new Range(Double.NEGATIVE_INFINITY, 0) : new Range(0, 1));
    }

    @Override
    public List<String> violations() {
        return along(axis, x).sameShape(x, y).violations();
    }

    private static ShapeCheck along(int axis, Value value) {
        return new ShapeCheck()
                .that(
                        value.shape().batched()
                                && axis >= 1
                                && axis < value.shape().rank(),
                        () -> value + " is " + value.shape() + " and should have a batch and an axis " + axis);
    }

    // y = exp(x)/Σ exp(x): dX = y (dY − Σ dY y); y = log of that: dX = dY − exp(y) Σ dY.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, y, dY, dX, axis, log));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
    }

    /** dX = y (dY − Σ_k dY y), and of the logarithm dX = dY − exp(y) Σ_k dY. */
    public record Backward(Origin origin, Value y, Value dY, Value dX, int axis, boolean log) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(log ? "log_softmax_backward" : "softmax_backward")
                    .with(y)
                    .from(dY)
                    .to(dX)
                    .attribute("axis", axis)
                    .build();
        }

        @Override
        public List<String> violations() {
            return along(axis, y).sameShape(y, dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ACTIVATIONS);
        }
    }
}
