package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** The same numbers under another shape: {@code Flatten}, {@code Unflatten}, and what rearranges images. */
public record Reshape(Origin origin, Value x, Value y) implements ForwardOp {
    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "reshape", p -> new Reshape(p.origin(), p.operand(), p.result()),
            "reshape_backward", p -> new Backward(p.origin(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("reshape").from(x).to(y).build();
    }

    @Override
    public Effect effect() {
        return new Effect.Reshapes(x, y);
    }

    /** Links axes that stay, and of those that become one the outermost, whose places are runs of it. */
    @Override
    public List<AxisLink> links() {
        Shape from = x.shape();
        Shape to = y.shape();
        List<AxisLink> links = new ArrayList<>();
        for (int axis = from.firstAxis(); axis < from.rank(); axis++) {
            for (int merged = to.firstAxis(); merged < to.rank(); merged++) {
                long step = from.elementsBehind(axis);
                long after = to.elementsBehind(merged);
                if (from.axis(axis) > 1 && from.axis(axis) * step == to.axis(merged) * after && step % after == 0) {
                    links.add(new AxisLink(0, axis, merged, 0, (int) (step / after)));
                }
            }
        }
        return links;
    }

    @Override
    public double constant(List<Double> operands) {
        return operands.get(0);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, x.shape().equals(y.shape()) ? nodes.of(x) : nodes.reshaped(nodes.of(x), y.shape()));
    }

    @Override
    public List<String> violations() {
        return sameElements(x, y).violations();
    }

    // y = x: dX = dY.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX));
    }

    @Override
    public KernelCall call() {
        return KernelCall.of("copy", new Argument.Operand(x), new Argument.Operand(y));
    }

    private static ShapeCheck sameElements(Value in, Value out) {
        return new ShapeCheck()
                .that(
                        in.shape().batched() == out.shape().batched()
                                && in.shape().elements() == out.shape().elements(),
                        () -> in.shape() + " cannot become " + out.shape());
    }

    /** The same numbers under the first shape. */
    public record Backward(Origin origin, Value dY, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("reshape_backward").from(dY).to(dX).build();
        }

        @Override
        public Effect effect() {
            return new Effect.Reshapes(dY, dX);
        }

        @Override
        public List<String> violations() {
            return sameElements(dY, dX).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of("copy", new Argument.Operand(dY), new Argument.Operand(dX));
        }
    }
}
