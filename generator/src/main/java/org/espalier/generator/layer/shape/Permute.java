package org.espalier.generator.layer.shape;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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
import org.espalier.generator.ir.op.View;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * The axes of a tensor in another order.
 *
 * @param order for each axis of y that of x which it is; a batch stays the first
 */
public record Permute(Origin origin, Value x, Value y, List<Integer> order) implements ForwardOp {
    private static final String ORDER = "order";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "permute", p -> new Permute(p.origin(), p.operand(), p.result(), p.axes(ORDER)),
            "permute_backward", p -> new Backward(p.origin(), p.operand(), p.result(), p.axes(ORDER)));

    /** Copies the list. */
    public Permute {
        order = List.copyOf(order);
    }

    /** The shape with its axes in another order. */
    public static Shape of(Shape x, List<Integer> order) {
        return new Shape(
                x.batched(),
                order.stream().skip(x.firstAxis()).map(axis -> x.axis(axis)).toList());
    }

    @Override
    public Optional<Value> transposed() {
        int rank = order.size();
        boolean exchanges = rank >= 2
                && order.get(rank - 2) == rank - 1
                && order.get(rank - 1) == rank - 2
                && IntStream.range(0, rank - 2).allMatch(axis -> order.get(axis) == axis);
        return exchanges ? Optional.of(x) : Optional.empty();
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("permute")
                .from(x)
                .to(y)
                .attribute(ORDER, new Argument.Axes(order))
                .build();
    }

    @Override
    public Effect effect() {
        return effect(x, y, order);
    }

    /** Axes of length 1 may go anywhere without an element being moved. */
    private static Effect effect(Value from, Value to, List<Integer> order) {
        if (!from.shape().batched()) {
            return Effect.COMPUTES;
        }
        List<Integer> longer = order.stream()
                .skip(1)
                .filter(axis -> from.shape().axis(axis) > 1)
                .toList();
        return longer.equals(longer.stream().sorted().toList())
                ? new Effect.Reshapes(from, to)
                : new Effect.Permutes(from, to, order);
    }

    @Override
    public List<AxisLink> links() {
        return IntStream.range(y.shape().firstAxis(), y.shape().rank())
                .mapToObj(axis -> new AxisLink(0, order.get(axis), axis))
                .toList();
    }

    @Override
    public double constant(List<Double> operands) {
        return operands.get(0);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, nodes.permuted(nodes.of(x), order));
    }

    @Override
    public List<String> violations() {
        return check(x, y, order).violations();
    }

    private static ShapeCheck check(Value from, Value to, List<Integer> order) {
        List<Integer> sorted = order.stream().sorted().toList();
        boolean orders = (!from.shape().batched() || (!order.isEmpty() && order.get(0) == 0))
                && sorted.equals(IntStream.range(0, from.shape().rank()).boxed().toList());
        return new ShapeCheck()
                .that(orders, () -> order + " is no order of the axes of " + from + " " + from.shape())
                .then(check -> check.equal(to, of(from.shape(), order)));
    }

    // y[…, i, j, …] = x[…, j, i, …]: dX is dY with its axes put back.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX, View.Permuted.back(order)));
    }

    /** dX is dY with its axes in the order that x had. */
    public record Backward(Origin origin, Value dY, Value dX, List<Integer> order) implements BackwardOp {
        /** Copies the list. */
        public Backward {
            order = List.copyOf(order);
        }

        @Override
        public OpSignature signature() {
            return OpSignature.of("permute_backward")
                    .from(dY)
                    .to(dX)
                    .attribute(ORDER, new Argument.Axes(order))
                    .build();
        }

        @Override
        public Effect effect() {
            return Permute.effect(dY, dX, order);
        }

        @Override
        public List<String> violations() {
            return check(dY, dX, order).violations();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(
                    "permute", new Argument.Operand(dY), new Argument.Operand(dX), new Argument.Axes(order));
        }
    }
}
