package org.espalier.generator.layer.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
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
 * Elements along an axis by whole numbers: y[…, k, …] = x[…, index[…, k, …], …], or x[…, index[k], …] where the index
 * is the same for all.
 *
 * @param by for which elements of y the index has a whole number
 */
public record Gather(Origin origin, Value x, Value index, Value y, int axis, By by) implements ForwardOp {
    private static final String AXIS = "axis";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            By.EACH.word,
            p -> read(p, By.EACH),
            By.EACH.word + "_backward",
            p -> readBackward(p, By.EACH),
            By.SHARED.word,
            p -> read(p, By.SHARED),
            By.SHARED.word + "_backward",
            p -> readBackward(p, By.SHARED));

    /** The elements of the result that an index has whole numbers for. */
    public enum By {
        /** Each element has its own. */
        EACH("gather", "GatherElements") {
            @Override
            boolean fits(Shape x, Shape index, int axis) {
                return x.batched() == index.batched()
                        && x.rank() == index.rank()
                        && axis >= x.firstAxis()
                        && axis < x.rank()
                        && IntStream.range(x.firstAxis(), x.rank())
                                .allMatch(i -> i == axis || x.axis(i) == index.axis(i));
            }

            @Override
            Shape of(Shape x, Shape index, int axis) {
                return index;
            }

            @Override
            ShapeCheck check(Value whole, Value index, int axis) {
                return new ShapeCheck()
                        .that(
                                fits(whole.shape(), index.shape(), axis),
                                () -> index + " is " + index.type() + " and does not lie along axis " + axis + " of "
                                        + whole + " " + whole.shape());
            }
        },

        /** All share one for each place, and the axes of the index take the place of the axis. */
        SHARED("index_select", "Gather") {
            @Override
            boolean fits(Shape x, Shape index, int axis) {
                return !index.batched() && index.rank() > 0;
            }

            @Override
            Shape of(Shape x, Shape index, int axis) {
                List<Integer> sizes = new ArrayList<>(x.dimensions());
                sizes.remove(axis - x.firstAxis());
                sizes.addAll(axis - x.firstAxis(), index.dimensions());
                return new Shape(x.batched(), sizes);
            }

            @Override
            ShapeCheck check(Value whole, Value index, int axis) {
                return new ShapeCheck()
                        .axis(whole, axis)
                        .that(
                                fits(whole.shape(), index.shape(), axis),
                                () -> index + " is " + index.type() + " and should be the same for all samples");
            }
        };

        private final String word;
        private final String onnx;

        By(String word, String onnx) {
            this.word = word;
            this.onnx = onnx;
        }

        /** Tells whether such an index can be taken of a tensor along an axis of it. */
        abstract boolean fits(Shape x, Shape index, int axis);

        /** The shape of what is taken. */
        abstract Shape of(Shape x, Shape index, int axis);

        abstract ShapeCheck check(Value whole, Value index, int axis);

        private ShapeCheck check(Value whole, Value index, Value taken, int axis) {
            return check(whole, index, axis).then(check -> check.equal(taken, of(whole.shape(), index.shape(), axis)));
        }
    }

    private static Gather read(PrintedOp printed, By by) {
        return new Gather(
                printed.origin(), printed.operand(), printed.operand(), printed.result(), printed.whole(AXIS), by);
    }

    private static Backward readBackward(PrintedOp printed, By by) {
        return new Backward(
                printed.origin(), printed.operand(), printed.operand(), printed.result(), printed.whole(AXIS), by);
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of(by.word)
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
                nodes.add(OnnxNode.of(by.onnx, nodes.of(x), nodes.whole(index)).with("axis", axis)));
    }

    @Override
    public List<String> violations() {
        return by.check(x, index, y, axis).violations();
    }

    // y[k] = x[index[k]]: dX[r] = Σ dY[k] over the k with index[k] = r.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, index, dX, axis, by));
    }

    /** dX[…, r, …] = Σ dY[…, k, …] over the k with index[…, k, …] = r, or index[k] = r, in their order. */
    public record Backward(Origin origin, Value dY, Value index, Value dX, int axis, By by) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(by.word + "_backward")
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
            return by.check(dX, index, dY, axis).violations();
        }

        // [2401, 3] into places int[2401] of [169, 3]
        @Override
        public KernelCall call() {
            KernelCall call = KernelCall.of(signature());
            return by == By.SHARED
                    ? call.remarked(dY.shape() + " into places " + index.type() + " of " + dX.shape())
                    : call;
        }
    }
}
