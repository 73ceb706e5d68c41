package org.espalier.generator.layer.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Effect;
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
 * Parts of a tensor along an axis, each as long as its value: views, as far as memory can be planned so. Of axis 1, the
 * channels, everything can read them.
 *
 * @param axis counted with the batch, which it is not
 * @param from where each part begins, in rising order, none overlapping
 */
public record Slice(Origin origin, Value x, List<Value> parts, int axis, List<Integer> from) implements ForwardOp {
    private static final String AXIS = "axis";
    private static final String FROM = "from";

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "slice", p -> new Slice(p.origin(), p.operand(), p.results(), p.whole(AXIS), p.axes(FROM)),
            "slice_backward", p -> new Backward(p.origin(), p.operands(), p.result(), p.whole(AXIS), p.axes(FROM)));

    /** Copies the lists. */
    public Slice {
        parts = List.copyOf(parts);
        from = List.copyOf(from);
    }

    /** All of a tensor, in parts that follow each other. */
    public static Slice split(Origin origin, Value x, List<Value> parts, int axis) {
        List<Integer> from = new ArrayList<>();
        int start = 0;
        for (Value part : parts) {
            from.add(start);
            start += part.shape().axis(axis);
        }
        return new Slice(origin, x, parts, axis, from);
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of("slice")
                .from(x)
                .to(parts.toArray(Value[]::new))
                .attribute(AXIS, axis)
                .attribute(FROM, new Argument.Axes(from))
                .build();
    }

    @Override
    public Optional<Effect.Slices> slices() {
        return Optional.of(new Effect.Slices(
                x,
                axis,
                IntStream.range(0, parts.size())
                        .mapToObj(i -> new Effect.Slices.Part(parts.get(i), from.get(i)))
                        .toList()));
    }

    @Override
    public Effect effect() {
        return x.shape().batched() ? slices().orElseThrow() : Effect.COMPUTES;
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        List<Integer> sizes =
                parts.stream().map(part -> part.shape().axis(axis)).toList();
        boolean splits = parts.size() > 1
                && sizes.stream().mapToInt(size -> size).sum() == x.shape().axis(axis);
        if (splits) {
            OnnxNode split =
                    OnnxNode.of("Split", nodes.of(x), nodes.wholes(sizes)).with("axis", axis);
            List<String> names = nodes.add(split, parts.size());
            IntStream.range(0, parts.size()).forEach(i -> nodes.is(parts.get(i), names.get(i)));
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            int start = from.get(i);
            nodes.is(parts.get(i), nodes.part(nodes.of(x), axis, start, start + sizes.get(i)));
        }
    }

    @Override
    public List<String> violations() {
        return check(x, parts, axis, from).violations();
    }

    private static ShapeCheck check(Value whole, List<Value> parts, int axis, List<Integer> from) {
        Shape shape = whole.shape();
        return new ShapeCheck()
                .axis(whole, axis)
                .that(
                        from.size() == parts.size() && !parts.isEmpty(),
                        () -> whole + " " + shape + " has no such parts along axis " + axis)
                .then(check -> {
                    int free = 0;
                    for (int i = 0; i < parts.size(); i++) {
                        Value part = parts.get(i);
                        int start = from.get(i);
                        boolean fits = start >= free && part.shape().isPartOf(shape, axis, start);
                        check.that(
                                fits,
                                () -> part + " " + part.shape() + " is no part of " + whole + " " + shape + " from "
                                        + start + " of axis " + axis);
                        free = fits ? start + part.shape().axis(axis) : free;
                    }
                });
    }

    // part = x[…, from : from + length, …]: dX has dPart there, and 0 where no part is.
    @Override
    public void backward(Tape tape) {
        List<Value> gradients = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (tape.reaches(parts.get(i))) {
                gradients.add(tape.gradient(parts.get(i)));
                places.add(from.get(i));
            }
        }
        tape.contribute(x, dX -> new Backward(origin, gradients, dX, axis, places));
    }

    // slice(x, 2, axes(0, 3), first, second);
    @Override
    public KernelCall call() {
        return call("slice", x, parts, axis, from);
    }

    private static KernelCall call(String kernel, Value whole, List<Value> parts, int axis, List<Integer> from) {
        List<Argument> arguments = new ArrayList<>(
                List.of(new Argument.Operand(whole), new Argument.Whole(axis), new Argument.Axes(from)));
        parts.stream().map(Argument.Operand::new).forEach(arguments::add);
        return KernelCall.of(kernel, arguments.toArray(Argument[]::new));
    }

    /** The gradients of parts where these are, and zeros elsewhere. */
    public record Backward(Origin origin, List<Value> dParts, Value dX, int axis, List<Integer> from)
            implements BackwardOp {
        /** Copies the lists. */
        public Backward {
            dParts = List.copyOf(dParts);
            from = List.copyOf(from);
        }

        @Override
        public OpSignature signature() {
            return OpSignature.of("slice_backward")
                    .from(dParts)
                    .to(dX)
                    .attribute(AXIS, axis)
                    .attribute(FROM, new Argument.Axes(from))
                    .build();
        }

        @Override
        public Effect effect() {
            int covered =
                    dParts.stream().mapToInt(part -> part.shape().axis(axis)).sum();
            boolean all = dX.shape().batched() && covered == dX.shape().axis(axis);
            return all ? new Effect.Gathers(dParts, axis, dX) : Effect.COMPUTES;
        }

        @Override
        public List<String> violations() {
            return check(dX, dParts, axis, from).violations();
        }

        @Override
        public KernelCall call() {
            return Slice.call("slice_backward", dX, dParts, axis, from);
        }
    }
}
