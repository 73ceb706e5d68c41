package org.espalier.generator.layer.spread;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/** Each element of y is one of x, or a constant: upsampling and padding. */
public record Spreading(Origin origin, Value x, Value y, Spread spread) implements ForwardOp {
    /** Padding, of sequences, images and volumes. */
    public static final List<LayerDefinition> ALL = List.of(
            Rule.padding(Spread.Kind.ZEROS, 1).example("ZeroPad1d((1, 2))", "[batch, 3, 5]", "[batch, 3, 8]", 0),
            Rule.padding(Spread.Kind.ZEROS, 2).example("ZeroPad2d(1)", "[batch, 3, 8, 9]", "[batch, 3, 10, 11]", 0),
            Rule.padding(Spread.Kind.ZEROS, 3)
                    .example("ZeroPad3d((1, 2, 0, 1, 2, 0))", "[batch, 3, 2, 3, 2]", "[batch, 3, 4, 4, 5]", 0),
            Rule.padding(Spread.Kind.CONSTANT, 1).example("ConstantPad1d(2, 1.5)", "[batch, 3, 5]", "[batch, 3, 9]", 0),
            Rule.padding(Spread.Kind.CONSTANT, 2)
                    .example("ConstantPad2d((1, 2, 3, 0), -0.5)", "[batch, 3, 4, 5]", "[batch, 3, 7, 8]", 0),
            Rule.padding(Spread.Kind.CONSTANT, 3)
                    .example("ConstantPad3d(1, 2)", "[batch, 2, 2, 3, 2]", "[batch, 2, 4, 5, 4]", 0),
            Rule.padding(Spread.Kind.REFLECT, 1)
                    .example("ReflectionPad1d((1, 3))", "[batch, 3, 5]", "[batch, 3, 9]", 0),
            Rule.padding(Spread.Kind.REFLECT, 2)
                    .example("ReflectionPad2d((1, 2, 3, 4))", "[batch, 3, 8, 9]", "[batch, 3, 15, 12]", 0),
            Rule.padding(Spread.Kind.REFLECT, 3)
                    .example("ReflectionPad3d((1, 2, 0, 1, 1, 0))", "[batch, 3, 2, 3, 4]", "[batch, 3, 3, 4, 7]", 0),
            Rule.padding(Spread.Kind.REPLICATE, 1).example("ReplicationPad1d(3)", "[batch, 3, 2]", "[batch, 3, 8]", 0),
            Rule.padding(Spread.Kind.REPLICATE, 2)
                    .example("ReplicationPad2d(3)", "[batch, 3, 8, 9]", "[batch, 3, 14, 15]", 0),
            Rule.padding(Spread.Kind.REPLICATE, 3)
                    .example("ReplicationPad3d((1, 2, 0, 1, 2, 0))", "[batch, 3, 2, 3, 2]", "[batch, 3, 4, 4, 5]", 0),
            Rule.padding(Spread.Kind.CIRCULAR, 1)
                    .example("CircularPad1d((2, 5))", "[batch, 3, 5]", "[batch, 3, 12]", 0),
            Rule.padding(Spread.Kind.CIRCULAR, 2)
                    .example("CircularPad2d((1, 2, 3, 4))", "[batch, 3, 4, 3]", "[batch, 3, 11, 6]", 0),
            Rule.padding(Spread.Kind.CIRCULAR, 3)
                    .example("CircularPad3d((1, 2, 0, 1, 2, 0))", "[batch, 3, 2, 3, 2]", "[batch, 3, 4, 4, 5]", 0));

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (Spread.Kind kind : Spread.Kind.values()) {
            for (int axes : WindowGeometry.AXES) {
                readers.put(kind.text(axes), p -> read(kind, p));
                readers.put(kind.text(axes) + "_backward", p -> readBackward(kind, p));
            }
        }
        return Map.copyOf(readers);
    }

    private static Spreading read(Spread.Kind kind, PrintedOp printed) {
        Value x = printed.operand();
        return new Spreading(
                printed.origin(),
                x,
                printed.result(),
                Spread.read(kind, x.shape().axes(), printed));
    }

    private static Backward readBackward(Spread.Kind kind, PrintedOp printed) {
        Value dY = printed.operand();
        return new Backward(
                printed.origin(),
                dY,
                printed.result(),
                Spread.read(kind, dY.shape().axes(), printed));
    }

    @Override
    public OpSignature signature() {
        return spread.signature("").from(x).to(y).build();
    }

    @Override
    public List<AxisLink> links() {
        return AxisLink.ofChannels(signature());
    }

    @Override
    public double constant(List<Double> operands) {
        double x = operands.get(0);
        return spread.fills() && x != spread.value() ? Double.NaN : x;
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, spread.onnx(nodes, nodes.of(x), x.shape()));
    }

    @Override
    public List<String> violations() {
        return spreads(x, y, spread).violations();
    }

    // y = x here and there: dX = the sum of dY over where x went.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX, spread));
    }

    @Override
    public KernelCall call() {
        return spread.call(signature());
    }

    private static ShapeCheck spreads(Value x, Value y, Spread spread) {
        return new ShapeCheck()
                .rank(x, WindowGeometry.FIRST + spread.axes())
                .rank(y, WindowGeometry.FIRST + spread.axes())
                .then(check -> check.that(
                        y.shape().axis(1) == x.shape().axis(1)
                                && IntStream.range(0, spread.axes())
                                        .allMatch(axis -> y.shape().axis(WindowGeometry.FIRST + axis)
                                                == spread.size(x.shape(), axis)),
                        () -> spread + " does not make " + y.shape() + " of " + x.shape()));
    }

    /** Adds up dY where each element of x went. */
    public record Backward(Origin origin, Value dY, Value dX, Spread spread) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return spread.signature("_backward").from(dY).to(dX).build();
        }

        @Override
        public List<String> violations() {
            return spreads(dX, dY, spread).violations();
        }

        @Override
        public KernelCall call() {
            return spread.call(signature());
        }
    }

    /** {@code ZeroPad2d}, {@code ReflectionPad2d} and the like. */
    record Rule(Spread spread) implements UnaryRule {

        private static LayerDefinition padding(Spread.Kind kind, int axes) {
            Signature.Builder signature = Signature.of(kind.word(axes)).required("padding", Type.SIZES);
            return LayerDefinition.layer(
                    kind == Spread.Kind.CONSTANT
                            ? signature.required("value", Type.FLOAT).build()
                            : signature.build(),
                    arguments -> new Rule(padding(kind, axes, arguments)));
        }

        /** PyTorch's order: left, right, top, bottom, front, back. */
        private static Spread padding(Spread.Kind kind, int axes, Arguments arguments) {
            List<Integer> sizes = arguments.sizes("padding", 0);
            if (sizes.size() != 1 && sizes.size() != 2 * axes) {
                String ends = List.of(
                                "left, right", "left, right, top, bottom", "left, right, top, bottom, front, back")
                        .get(axes - 1);
                arguments.outOfRange("padding", "one number, or (" + ends + ")");
            }
            boolean each = sizes.size() == 2 * axes;
            return new Spread(
                    kind,
                    ends(sizes, axes, each ? 0 : -1),
                    ends(sizes, axes, each ? 1 : -1),
                    kind == Spread.Kind.CONSTANT ? arguments.real("value") : 0);
        }

        /** The first or second of each two sizes, the last axis first; or one size for all. */
        private static Sizes ends(List<Integer> sizes, int axes, int end) {
            return new Sizes(IntStream.range(0, axes)
                    .mapToObj(axis -> sizes.get(end < 0 ? 0 : 2 * (axes - 1 - axis) + end))
                    .toList());
        }

        @Override
        public String kind() {
            return "pad";
        }

        @Override
        public Fit fit(Shape x) {
            return Extents.misfit(spread.word(), x, spread.axes(), 0, "").orElseGet(() -> spread.fit(spread.word(), x));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new Spreading(wiring.origin(), x, y, spread));
        }
    }
}
