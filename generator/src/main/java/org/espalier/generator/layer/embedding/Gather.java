package org.espalier.generator.layer.embedding;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** y[…, k, …] = x[…, index[…, k, …], …]: for each element of y a whole number says which one along an axis. */
public record Gather(Origin origin, Value x, Value index, Value y, int axis) implements ForwardOp {
    private static final String AXIS = "axis";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "gather", p -> new Gather(p.origin(), p.operand(), p.operand(), p.result(), p.whole(AXIS)),
            "gather_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole(AXIS)));

    /** Tells whether an index has an element for each line of a tensor along an axis. */
    static boolean fits(Shape x, Shape index, int axis) {
        return x.batched() == index.batched()
                && x.rank() == index.rank()
                && axis >= x.firstAxis()
                && axis < x.rank()
                && IntStream.range(x.firstAxis(), x.rank()).allMatch(i -> i == axis || x.axis(i) == index.axis(i));
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("gather")
                .from(x)
                .with(index)
                .to(y)
                .attribute(AXIS, axis)
                .build();
    }

    @Override
    public List<Value> wholeInputs() {
        return List.of(index);
    }

    @Override
    public List<Value> differentiable() {
        return List.of(x);
    }

    @Override
    public OptionalInt limit(Value whole) {
        return OptionalInt.of(x.shape().axis(axis));
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(
                y,
                nodes.add(OnnxNode.of("GatherElements", nodes.of(x), nodes.whole(index))
                        .with("axis", axis)));
    }

    @Override
    public List<String> violations() {
        return check(x, index, y, axis).violations();
    }

    private static ShapeCheck check(Value whole, Value index, Value taken, int axis) {
        return new ShapeCheck()
                .that(
                        fits(whole.shape(), index.shape(), axis),
                        () -> index + " is " + index.type() + " and does not lie along axis " + axis + " of " + whole
                                + " " + whole.shape())
                .equal(taken, index.shape());
    }

    // y[k] = x[index[k]]: dX[r] = Σ dY[k] over the k with index[k] = r.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, index, dX, axis));
    }

    /** dX[…, r, …] = Σ dY[…, k, …] over the k with index[…, k, …] = r, in their order. */
    public record Backward(Origin origin, Value dY, Value index, Value dX, int axis) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("gather_backward")
                    .from(dY)
                    .with(index)
                    .to(dX)
                    .attribute(AXIS, axis)
                    .build();
        }

        @Override
        public List<Value> wholeInputs() {
            return List.of(index);
        }

        @Override
        public List<String> violations() {
            return check(dX, index, dY, axis).violations();
        }
    }
}
