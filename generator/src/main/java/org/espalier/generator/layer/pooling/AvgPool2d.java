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

/**
 * The mean of each window.
 *
 * @param window empty where x is cut into as many parts as y has elements: row i of h is the mean of the rows from
 *     ⌊i·H/h⌋ to ⌈(i + 1)·H/h⌉
 * @param countsPadding whether padding counts as zeros, or not at all
 */
public record AvgPool2d(Origin origin, Value x, Value y, Optional<Window> window, boolean countsPadding)
        implements ForwardOp {
    public static final LayerDefinition LAYER = LayerDefinition.layer(
                    Signature.of("AvgPool2d")
                            .required("kernel_size", Type.SIZE)
                            .with("stride", Type.SIZE, new Datum.None())
                            .with("padding", Type.SIZE, new Datum.Int(0))
                            .with("ceil_mode", false)
                            .with("count_include_pad", true)
                            .with("divisor_override", Type.INT, new Datum.None())
                            .build(),
                    Rule::of)
            .example("AvgPool2d(2)", "[batch, 3, 8, 9]", "[batch, 3, 4, 4]", 0)
            .example("AvgPool2d(3, 2, 1, count_include_pad=false)", "[batch, 3, 8, 9]", "[batch, 3, 4, 5]", 0);

    /** How printed ones are read, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = Map.of(
            "avg_pool2d",
                    p -> new AvgPool2d(
                            p.origin(), p.operand(), p.result(), Optional.of(p.window()), p.flag("count_include_pad")),
            "avg_pool2d_backward",
                    p -> new Backward(
                            p.origin(), p.operand(), p.result(), Optional.of(p.window()), p.flag("count_include_pad")),
            "adaptive_avg_pool2d", p -> new AvgPool2d(p.origin(), p.operand(), p.result(), Optional.empty(), true),
            "adaptive_avg_pool2d_backward",
                    p -> new Backward(p.origin(), p.operand(), p.result(), Optional.empty(), true));

    @Override
    public OpSignature signature() {
        return average("", window, countsPadding).from(x).to(y).build();
    }

    @Override
    public List<String> violations() {
        return window.map(sliding -> Pools.check(x, y, sliding))
                .orElseGet(() -> Pools.check(x, y))
                .violations();
    }

    // y = mean of a window of x: dX = the sum of dY/size over the windows that x is in.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX, window, countsPadding));
    }

    @Override
    public Optional<Window> slides() {
        return window;
    }

    private static OpSignature.Builder average(String suffix, Optional<Window> window, boolean countsPadding) {
        return window.map(sliding -> OpSignature.of("avg_pool2d" + suffix)
                        .attribute(sliding)
                        .attribute("count_include_pad", countsPadding))
                .orElseGet(() -> OpSignature.of("adaptive_avg_pool2d" + suffix));
    }

    /** Spreads each dY evenly over its window. */
    public record Backward(Origin origin, Value dY, Value dX, Optional<Window> window, boolean countsPadding)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return average("_backward", window, countsPadding).from(dY).to(dX).build();
        }

        @Override
        public List<String> violations() {
            return window.map(sliding -> Pools.check(dX, dY, sliding))
                    .orElseGet(() -> Pools.check(dX, dY))
                    .violations();
        }
    }

    /** {@code AvgPool2d}: the stride is the kernel size unless given. */
    record Rule(Window window, boolean countsPadding) implements UnaryRule {

        private static Rule of(Arguments arguments) {
            arguments.only("ceil_mode", new Datum.Bool(false));
            arguments.only("divisor_override", new Datum.None());
            Pair kernel = arguments.pair("kernel_size", 1);
            Pair padding = arguments.pair("padding", 0);
            if (padding.height() > kernel.height() / 2 || padding.width() > kernel.width() / 2) {
                arguments.outOfRange("padding", "at most half the kernel_size");
            }
            Pair stride = arguments.isNone("stride") ? kernel : arguments.pair("stride", 1);
            return new Rule(
                    new Window(kernel, stride, padding, new Pair(1, 1), new Pair(0, 0)),
                    arguments.bool("count_include_pad"));
        }

        @Override
        public String kind() {
            return "avgpool";
        }

        @Override
        public Fit fit(Shape x) {
            return Extents.misfit("AvgPool2d", x, 0, "").orElseGet(() -> Extents.pooling("AvgPool2d", x, window));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new AvgPool2d(wiring.origin(), x, y, Optional.of(window), countsPadding));
        }
    }
}
