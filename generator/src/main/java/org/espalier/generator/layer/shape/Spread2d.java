package org.espalier.generator.layer.shape;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/** Each element of y is one of x, or 0: upsampling and padding. */
public record Spread2d(Origin origin, Value x, Value y, Spread spread) implements ForwardOp {
    public static final List<LayerDefinition> ALL = List.of(
            LayerDefinition.layer(
                            Signature.of("Upsample")
                                    .with("size", Type.SIZE, new Datum.None())
                                    .with("scale_factor", Type.SIZE, new Datum.None())
                                    .with("mode", Type.STRING, new Datum.Text("nearest"))
                                    .with("align_corners", Type.BOOL, new Datum.None())
                                    .build(),
                            Rule::upsample)
                    .example("Upsample(scale_factor=2)", "[batch, 3, 8, 9]", "[batch, 3, 16, 18]", 0)
                    .example(
                            "Upsample(scale_factor=(1, 3), mode='nearest')",
                            "[batch, 3, 8, 9]",
                            "[batch, 3, 8, 27]",
                            0),
            Rule.padding(Spread.Kind.ZEROS).example("ZeroPad2d(1)", "[batch, 3, 8, 9]", "[batch, 3, 10, 11]", 0),
            Rule.padding(Spread.Kind.REFLECT)
                    .example("ReflectionPad2d((1, 2, 3, 4))", "[batch, 3, 8, 9]", "[batch, 3, 15, 12]", 0),
            Rule.padding(Spread.Kind.REPLICATE)
                    .example("ReplicationPad2d(3)", "[batch, 3, 8, 9]", "[batch, 3, 14, 15]", 0));

    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (Spread.Kind kind : Spread.Kind.values()) {
            readers.put(kind.text(), p -> new Spread2d(p.origin(), p.operand(), p.result(), Spread.read(kind, p)));
            readers.put(
                    kind.text() + "_backward",
                    p -> new Backward(p.origin(), p.operand(), p.result(), Spread.read(kind, p)));
        }
        return Map.copyOf(readers);
    }

    @Override
    public OpSignature signature() {
        return spread.signature("").from(x).to(y).build();
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
                .rank(x, 4)
                .rank(y, 4)
                .then(check -> check.that(
                        y.shape().axis(1) == x.shape().axis(1)
                                && y.shape().axis(2) == spread.height(x.shape().axis(2))
                                && y.shape().axis(3) == spread.width(x.shape().axis(3)),
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

    /** {@code Upsample} by whole numbers, to the nearest; {@code ZeroPad2d}, {@code ReflectionPad2d} and the like. */
    record Rule(Spread spread) implements UnaryRule {

        private static Rule upsample(Arguments arguments) {
            arguments.only("size", new Datum.None());
            arguments.only("mode", new Datum.Text("nearest"));
            arguments.only("align_corners", new Datum.None());
            if (arguments.isNone("scale_factor")) {
                if (arguments.isNone("size")) {
                    arguments.outOfRange("scale_factor", "a whole number or a tuple of two");
                }
                return new Rule(new Spread(Spread.Kind.NEAREST, new Pair(1, 1), new Pair(0, 0)));
            }
            return new Rule(new Spread(Spread.Kind.NEAREST, arguments.pair("scale_factor", 1), new Pair(0, 0)));
        }

        private static LayerDefinition padding(Spread.Kind kind) {
            return LayerDefinition.layer(
                    Signature.of(kind.word()).required("padding", Type.SIZES).build(),
                    arguments -> new Rule(padding(kind, arguments)));
        }

        /** PyTorch's order: left, right, top, bottom. */
        private static Spread padding(Spread.Kind kind, Arguments arguments) {
            List<Integer> sizes = arguments.sizes("padding", 0);
            if (sizes.size() != 1 && sizes.size() != 4) {
                arguments.outOfRange("padding", "one number, or (left, right, top, bottom)");
            }
            boolean each = sizes.size() == 4;
            int left = sizes.get(0);
            return new Spread(
                    kind,
                    new Pair(each ? sizes.get(2) : left, left),
                    new Pair(each ? sizes.get(3) : left, each ? sizes.get(1) : left));
        }

        @Override
        public String kind() {
            return spread.kind() == Spread.Kind.NEAREST ? "upsample" : "pad";
        }

        @Override
        public Fit fit(Shape x) {
            String word = spread.kind().word();
            return Extents.misfit(word, x, 0, "").orElseGet(() -> {
                int most = Math.max(
                        Math.max(spread.before().height(), spread.after().height()) - x.axis(2),
                        Math.max(spread.before().width(), spread.after().width()) - x.axis(3));
                return spread.kind() == Spread.Kind.REFLECT && most >= 0
                        ? Fit.mismatch(word, "an image larger than the padding", x)
                        : Fit.of(word, x.axis(1), spread.height(x.axis(2)), spread.width(x.axis(3)));
            });
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new Spread2d(wiring.origin(), x, y, spread));
        }
    }
}
