package org.espalier.generator.layer.pooling;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;
import org.espalier.generator.ir.op.Window.Pair;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/** The largest element of each window; padding never wins. */
public record MaxPool2d(Origin origin, Value x, Value y, Window window) implements ForwardOp {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("MaxPool2d")
                            .required("kernel_size", Type.SIZE)
                            .with("stride", Type.SIZE, new Datum.None())
                            .with("padding", Type.SIZE, new Datum.Int(0))
                            .with("dilation", Type.SIZE, new Datum.Int(1))
                            .with("return_indices", false)
                            .with("ceil_mode", false)
                            .build(),
                    Rule::of)
            .example("MaxPool2d(2)", "[batch, 3, 8, 9]", "[batch, 3, 4, 4]", 0)
            .example("MaxPool2d(3, stride=2, padding=1)", "[batch, 3, 8, 9]", "[batch, 3, 4, 5]", 0)
            .example("MaxPool2d((2, 3), stride=1, dilation=(2, 1))", "[batch, 3, 6, 5]", "[batch, 3, 4, 3]", 0);

    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "max_pool2d", p -> new MaxPool2d(p.origin(), p.operand(), p.result(), p.window()),
            "max_pool2d_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.window()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("max_pool2d").from(x).to(y).attribute(window).build();
    }

    @Override
    public List<String> violations() {
        return Pools.check(x, y, window).violations();
    }

    // y = max of a window of x: dX = dY where x was the first to reach it, else 0.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, x, dY, dX, window));
    }

    @Override
    public Optional<Window> slides() {
        return Optional.of(window);
    }

    /** Sends each dY to the first largest element of its window. */
    public record Backward(Origin origin, Value x, Value dY, Value dX, Window window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of("max_pool2d_backward")
                    .with(x)
                    .from(dY)
                    .to(dX)
                    .attribute(window)
                    .build();
        }

        @Override
        public List<String> violations() {
            return Pools.check(x, dY, window)
                    .then(check -> check.sameShape(x, dX))
                    .violations();
        }
    }

    /** {@code MaxPool2d}: the stride is the kernel size unless given. */
    record Rule(Window window) implements UnaryRule {

        private static Rule of(Arguments arguments) {
            arguments.only("return_indices", new Datum.Bool(false));
            arguments.only("ceil_mode", new Datum.Bool(false));
            Pair kernel = arguments.pair("kernel_size", 1);
            Pair padding = arguments.pair("padding", 0);
            if (padding.height() > kernel.height() / 2 || padding.width() > kernel.width() / 2) {
                arguments.outOfRange("padding", "at most half the kernel_size");
            }
            Pair stride = arguments.isNone("stride") ? kernel : arguments.pair("stride", 1);
            return new Rule(new Window(kernel, stride, padding, arguments.pair("dilation", 1), new Pair(0, 0)));
        }

        @Override
        public String kind() {
            return "maxpool";
        }

        @Override
        public Fit fit(Shape x) {
            return Extents.misfit("MaxPool2d", x, 0, "").orElseGet(() -> Extents.pooling("MaxPool2d", x, window));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new MaxPool2d(wiring.origin(), x, y, window));
        }
    }
}
