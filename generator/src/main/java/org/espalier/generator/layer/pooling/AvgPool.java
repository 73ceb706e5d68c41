package org.espalier.generator.layer.pooling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.UnaryRule;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/** The mean of each window. */
public record AvgPool(Origin origin, Value x, Value y, WindowGeometry window, Divisor divisor) implements ForwardOp {
    /**
     * Divisor of the sum of a window.
     *
     * @param countsPadding whether padding counts as zeros, or not at all
     * @param fixed a number instead of that of the elements
     */
    public record Divisor(boolean countsPadding, Optional<Integer> fixed) {
        /** The elements of a window, with its padding or without. */
        public static Divisor counting(boolean padding) {
            return new Divisor(padding, Optional.empty());
        }

        private static Divisor read(PrintedOp printed) {
            return printed.has("divisor")
                    ? new Divisor(true, Optional.of(printed.whole("divisor")))
                    : counting(printed.flag("count_include_pad"));
        }

        private OpSignature.Builder in(OpSignature.Builder signature) {
            return fixed.map(number -> signature.attribute("divisor", number))
                    .orElseGet(() -> signature.attribute("count_include_pad", countsPadding));
        }
    }

    public static final LayerDefinition OF_SEQUENCES = Rule.layer(1)
            .example("AvgPool1d(2)", "[batch, 3, 9]", "[batch, 3, 4]", 0)
            .example("AvgPool1d(3, 2, 1, ceil_mode=true)", "[batch, 3, 8]", "[batch, 3, 5]", 0)
            .example(
                    "AvgPool1d(3, 2, 1, ceil_mode=true, count_include_pad=false)", "[batch, 3, 8]", "[batch, 3, 5]", 0);

    public static final LayerDefinition OF_IMAGES = Rule.layer(2)
            .example("AvgPool2d(2)", "[batch, 3, 8, 9]", "[batch, 3, 4, 4]", 0)
            .example("AvgPool2d(3, 2, 1, count_include_pad=false)", "[batch, 3, 8, 9]", "[batch, 3, 4, 5]", 0)
            .example("AvgPool2d(3, 2, (0, 1), ceil_mode=true)", "[batch, 3, 6, 6]", "[batch, 3, 3, 4]", 0)
            .example("AvgPool2d(2, 1, divisor_override=3)", "[batch, 3, 3, 4]", "[batch, 3, 2, 3]", 0);

    public static final LayerDefinition OF_VOLUMES = Rule.layer(3)
            .example("AvgPool3d(2)", "[batch, 3, 4, 3, 5]", "[batch, 3, 2, 1, 2]", 0)
            .example(
                    "AvgPool3d((1, 3, 2), (1, 2, 2), (0, 1, 1), ceil_mode=true, count_include_pad=false)",
                    "[batch, 2, 2, 4, 3]",
                    "[batch, 2, 2, 3, 2]",
                    0)
            .example("AvgPool3d(3, 2, 1, ceil_mode=true)", "[batch, 2, 4, 3, 4]", "[batch, 2, 3, 2, 3]", 0)
            .example("AvgPool3d(2, 1, divisor_override=5)", "[batch, 2, 2, 3, 2]", "[batch, 2, 1, 2, 1]", 0);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (int axes : WindowGeometry.AXES) {
            readers.put(
                    name(axes), p -> new AvgPool(p.origin(), p.operand(), p.result(), p.window(axes), Divisor.read(p)));
            readers.put(
                    name(axes) + "_backward",
                    p -> new Backward(p.origin(), p.operand(), p.result(), p.window(axes), Divisor.read(p)));
        }
        return Map.copyOf(readers);
    }

    private static String name(int axes) {
        return "avg_pool" + axes + "d";
    }

    @Override
    public OpSignature signature() {
        return divisor.in(OpSignature.of(name(window.axes())).attribute(window))
                .from(x)
                .to(y)
                .build();
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(window.axes()));
    }

    @Override
    public List<AxisLink> links() {
        return AxisLink.ofChannels(signature());
    }

    /** At borders some elements may be zeros that count. */
    @Override
    public double constant(List<Double> operands) {
        double x = operands.get(0);
        return x == 0 || (window.padding().isAll(0) && divisor.fixed().isEmpty()) ? x : Double.NaN;
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        List<Integer> padding = Pools.padding(x, y, window);
        int axes = window.axes();
        boolean fixed = divisor.fixed().isPresent();
        boolean beyond = IntStream.range(0, axes)
                .anyMatch(axis -> padding.get(axes + axis) > window.padding().at(axis));
        String from = nodes.of(x);
        List<Integer> counted = padding;
        if (fixed || (divisor.countsPadding() && beyond)) {
            // What lies beyond the padding is not counted, the padding is.
            List<Integer> explicit = new ArrayList<>(padding.subList(0, axes));
            List<Integer> rest = new ArrayList<>(Collections.nCopies(axes, 0));
            for (int axis = 0; axis < axes; axis++) {
                int end = padding.get(axes + axis);
                int zeros = fixed ? end : Math.min(end, window.padding().at(axis));
                explicit.add(zeros);
                rest.add(end - zeros);
            }
            from = Pools.zerosAround(nodes, from, explicit);
            counted = rest;
        }
        OnnxNode node = Pools.onnx("AveragePool", from, counted, window);
        String mean = nodes.add(divisor.countsPadding() && !beyond ? node.with("count_include_pad", 1) : node);
        double scale = divisor.fixed()
                .map(number -> (double) window.kernel().elements() / number)
                .orElse(1.0);
        nodes.is(y, scale == 1 ? mean : nodes.add("Mul", mean, nodes.number(scale)));
    }

    @Override
    public List<String> violations() {
        return Pools.check(x, y, window).violations();
    }

    // y = mean of a window of x: dX = the sum of dY/size over the windows that x is in.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX, window, divisor));
    }

    @Override
    public Optional<WindowGeometry> slides() {
        return Optional.of(window);
    }

    /** Spreads each dY evenly over its window. */
    public record Backward(Origin origin, Value dY, Value dX, WindowGeometry window, Divisor divisor)
            implements BackwardOp {
        @Override
        public OpSignature signature() {
            return divisor.in(OpSignature.of(name(window.axes()) + "_backward").attribute(window))
                    .from(dY)
                    .to(dX)
                    .build();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(window.axes()));
        }

        @Override
        public List<String> violations() {
            return Pools.check(dX, dY, window).violations();
        }
    }

    /** {@code AvgPool2d} and its like: the stride is the kernel size unless given. */
    record Rule(WindowGeometry window, Divisor divisor, boolean ceil) implements UnaryRule {

        private static LayerDefinition layer(int axes) {
            Signature.Builder signature = Signature.of("AvgPool" + axes + "d")
                    .required("kernel_size", Type.size(axes))
                    .with("stride", Type.size(axes), new Datum.None())
                    .with("padding", Type.size(axes), new Datum.Int(0))
                    .with("ceil_mode", false)
                    .with("count_include_pad", true);
            return LayerDefinition.layer(
                    axes == 1
                            ? signature.build()
                            : signature
                                    .with("divisor_override", Type.INT, new Datum.None())
                                    .build(),
                    arguments -> of(axes, arguments));
        }

        private static Rule of(int axes, Arguments arguments) {
            boolean isFixed = arguments.has("divisor_override") && !arguments.isNone("divisor_override");
            Divisor divisor = isFixed
                    ? new Divisor(true, Optional.of(arguments.integer("divisor_override", 1)))
                    : Divisor.counting(arguments.bool("count_include_pad"));
            return new Rule(Pools.window(arguments, axes, Sizes.all(axes, 1)), divisor, arguments.bool("ceil_mode"));
        }

        private String layer() {
            return "AvgPool" + window.axes() + "d";
        }

        @Override
        public String kind() {
            return "avgpool";
        }

        @Override
        public Fit fit(Shape x) {
            return Extents.misfit(layer(), x, window.axes(), 0, "")
                    .orElseGet(() -> Extents.pooling(layer(), x, window, ceil));
        }

        @Override
        public void lower(Wiring wiring, Value x, Value y) {
            wiring.add(new AvgPool(wiring.origin(), x, y, window, divisor));
        }
    }
}
