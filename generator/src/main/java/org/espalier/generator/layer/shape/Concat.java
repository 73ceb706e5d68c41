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
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/**
 * The parts one after the other along an axis. Along the channels (axis 1) each may be computed where it belongs.
 *
 * @param axis counted with the batch, which it is not
 */
public record Concat(Origin origin, List<Value> parts, Value y, int axis) implements ForwardOp {
    private static final String AXIS = "axis";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "concat", p -> new Concat(p.origin(), p.operands(), p.result(), axis(p)),
            "concat_backward", p -> new Backward(p.origin(), p.operand(), p.result(), axis(p), p.whole("from")));

    /** Copies the list. */
    public Concat {
        parts = List.copyOf(parts);
    }

    /** Along the channels. */
    public Concat(Origin origin, List<Value> parts, Value y) {
        this(origin, parts, y, 1);
    }

    private static int axis(PrintedOp printed) {
        return printed.has(AXIS) ? printed.whole(AXIS) : 1;
    }

    /** The channels go without saying. */
    private static OpSignature.Builder along(int axis, OpSignature.Builder signature) {
        return axis == 1 ? signature : signature.attribute(AXIS, axis);
    }

    @Override
    public OpSignature signature() {
        return along(axis, OpSignature.of("concat").from(parts).to(y)).build();
    }

    @Override
    public Effect effect() {
        return y.shape().batched() ? new Effect.Gathers(parts, axis, y) : Effect.COMPUTES;
    }

    @Override
    public List<AxisLink> links() {
        List<AxisLink> links = new ArrayList<>();
        int start = 0;
        for (int part = 0; part < parts.size(); part++) {
            for (int along = y.shape().firstAxis(); along < y.shape().rank(); along++) {
                links.add(new AxisLink(part, along, along, along == axis ? start : 0, 1));
            }
            start += parts.get(part).shape().axis(axis);
        }
        return links;
    }

    /** Along its own axis one part alone has elements at a place, along all others each has. */
    @Override
    public double constant(List<Double> operands) {
        return operands.stream().distinct().count() == 1 ? operands.get(0) : Double.NaN;
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, nodes.joined(axis, parts.stream().map(nodes::of).toList()));
    }

    @Override
    public List<String> violations() {
        ShapeCheck check = new ShapeCheck().axis(y, axis);
        int length = 0;
        for (Value part : parts) {
            int from = length;
            check.that(
                    part.shape().isPartOf(y.shape(), axis, from),
                    () -> part + " " + part.shape() + " does not fit into " + y + " " + y.shape() + " from "
                            + word(axis) + from);
            length += part.shape().rank() <= axis ? 0 : part.shape().axis(axis);
        }
        int all = length;
        return check.that(
                        y.shape().rank() > axis && all == y.shape().axis(axis),
                        () -> "the parts have " + all + (axis == 1 ? " channels" : " along axis " + axis)
                                + " together, " + y + " is " + y.shape())
                .violations();
    }

    private static String word(int axis) {
        return axis == 1 ? "channel " : "axis " + axis + " at ";
    }

    // y = [part, part, …] along the axis: dPart = what of dY is where it stands.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        int from = 0;
        for (Value part : parts) {
            int start = from;
            tape.contribute(part, dPart -> new Backward(origin, dY, dPart, axis, start));
            from += part.shape().axis(axis);
        }
    }

    // concat(y, first, second);
    // concat(y, 2, first, second);
    @Override
    public KernelCall call() {
        List<Argument> arguments = new ArrayList<>(List.of(new Argument.Operand(y)));
        if (axis != 1) {
            arguments.add(new Argument.Whole(axis));
        }
        parts.stream().map(Argument.Operand::new).forEach(arguments::add);
        return KernelCall.of("concat", arguments.toArray(Argument[]::new));
    }

    /** Part of dY from {@code from} (inclusive) on along the axis, as long as dPart. */
    public record Backward(Origin origin, Value dY, Value dPart, int axis, int from) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return along(axis, OpSignature.of("concat_backward").from(dY).to(dPart))
                    .attribute("from", from)
                    .build();
        }

        @Override
        public Effect effect() {
            return dY.shape().batched() ? new Effect.Slices(dY, axis, from, dPart) : Effect.COMPUTES;
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck()
                    .that(
                            dPart.shape().isPartOf(dY.shape(), axis, from),
                            () -> dPart + " " + dPart.shape() + " is no part of " + dY + " " + dY.shape() + " from "
                                    + word(axis) + from)
                    .violations();
        }
    }
}
