package org.espalier.generator.layer.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * y[…, k, …] = x[…, index[k], …]: elements along an axis by whole numbers that are the same for all samples. The axes
 * of the index take the place of the axis.
 */
public record IndexSelect(Origin origin, Value x, Value index, Value y, int axis) implements ForwardOp {
    private static final String AXIS = "axis";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "index_select", p -> new IndexSelect(p.origin(), p.operand(), p.operand(), p.result(), p.whole(AXIS)),
            "index_select_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.whole(AXIS)));

    /** The shape of what is taken of a tensor. */
    static Shape of(Shape x, Shape index, int axis) {
        List<Integer> sizes = new ArrayList<>(x.dimensions());
        sizes.remove(axis - x.firstAxis());
        sizes.addAll(axis - x.firstAxis(), index.dimensions());
        return new Shape(x.batched(), sizes);
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("index_select")
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
                nodes.add(OnnxNode.of("Gather", nodes.of(x), nodes.whole(index)).with("axis", axis)));
    }

    @Override
    public List<String> violations() {
        return check(x, index, y, axis).violations();
    }

    private static ShapeCheck check(Value whole, Value index, Value taken, int axis) {
        return new ShapeCheck()
                .axis(whole, axis)
                .that(
                        !index.shape().batched() && index.shape().rank() > 0,
                        () -> index + " is " + index.type() + " and should be the same for all samples")
                .then(check -> check.equal(taken, of(whole.shape(), index.shape(), axis)));
    }

    // y[k] = x[index[k]]: dX[r] = Σ dY[k] over the k with index[k] = r.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, index, dX, axis));
    }

    /** dX[…, r, …] = Σ dY[…, k, …] over the k with index[k] = r, in their order. */
    public record Backward(Origin origin, Value dY, Value index, Value dX, int axis) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("index_select_backward")
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

        // [2401, 3] into places int[2401] of [169, 3]
        @Override
        public KernelCall call() {
            return KernelCall.of(signature())
                    .remarked(dY.shape() + " into places " + index.type() + " of " + dX.shape());
        }
    }
}
