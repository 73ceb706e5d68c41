package org.espalier.generator.layer.shape;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** The parts one after the other along the channel axis (axis 1). */
public record Concat(Origin origin, List<Value> parts, Value y) implements ForwardOp {
    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "concat", p -> new Concat(p.origin(), p.operands(), p.result()),
            "concat_backward", p -> new Backward(p.origin(), p.operand(), p.result(), p.whole("from")));

    /** Copies the list. */
    public Concat {
        parts = List.copyOf(parts);
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("concat").from(parts).to(y).build();
    }

    @Override
    public Effect effect() {
        return new Effect.Gathers(parts, y);
    }

    @Override
    public List<String> violations() {
        ShapeCheck check = new ShapeCheck();
        int channels = 0;
        for (Value part : parts) {
            int from = channels;
            check.that(
                    part.shape().isChannelsOf(y.shape(), from),
                    () -> part + " " + part.shape() + " does not fit into " + y + " " + y.shape() + " from channel "
                            + from);
            channels += part.shape().rank() < 2 ? 0 : part.shape().axis(1);
        }
        int all = channels;
        return check.that(
                        y.shape().rank() >= 2 && all == y.shape().axis(1),
                        () -> "the parts have " + all + " channels together, " + y + " is " + y.shape())
                .violations();
    }

    // y = [part, part, …] along the channels: dPart = the channels of dY where it stands.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        int from = 0;
        for (Value part : parts) {
            int start = from;
            tape.contribute(part, dPart -> new Backward(origin, dY, dPart, start));
            from += part.shape().axis(1);
        }
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(
                "concat",
                Stream.concat(Stream.of(y), parts.stream())
                        .map(Argument.Operand::new)
                        .toArray(Argument[]::new));
    }

    /** The channels {@code from} (inclusive) to {@code from + dPart's channels} of dY. */
    public record Backward(Origin origin, Value dY, Value dPart, int from) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("concat_backward")
                    .from(dY)
                    .to(dPart)
                    .attribute("from", from)
                    .build();
        }

        @Override
        public Effect effect() {
            return new Effect.Slices(dY, from, dPart);
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck()
                    .that(
                            dPart.shape().isChannelsOf(dY.shape(), from),
                            () -> dPart + " " + dPart.shape() + " is no part of " + dY + " " + dY.shape()
                                    + " from channel " + from)
                    .violations();
        }
    }
}
