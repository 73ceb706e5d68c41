package org.espalier.generator.layer.spread;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OnnxNode;
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

/**
 * Another size of a sequence, image or volume. Along each axis, element i of y is made of the elements of x around
 * place ratio·(i + 1/2) − 1/2, or ratio·i if the outermost elements are aligned.
 *
 * @param align whether the outermost elements lie on each other; of interpolation only
 * @param ratios along each axis
 */
public record Resize(Origin origin, Value x, Value y, Kind kind, boolean align, List<Double> ratios)
        implements ForwardOp {
    /** The rule by which elements are made of those around them. */
    public enum Kind {
        /** The element at ⌊ratio·i⌋. */
        NEAREST,
        /** The element at ⌊ratio·(i + 1/2)⌋. */
        NEAREST_EXACT,
        /** Between two neighbours, by a line. */
        LINEAR,
        /** Between two neighbours and one more on each side, by a cubic convolution with −3/4 (Keys, 1981). */
        CUBIC;

        private boolean interpolates() {
            return this == LINEAR || this == CUBIC;
        }

        private String text() {
            return "resize_" + name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String BACKWARD = "_backward";
    private static final String ALIGN = "align_corners";
    private static final String RATIO = "_ratio";

    /** Readers of printed ones, by their names. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    /** Copies the list. */
    public Resize {
        ratios = List.copyOf(ratios);
    }

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (Kind kind : Kind.values()) {
            readers.put(kind.text(), p -> {
                Value x = p.operand();
                return new Resize(p.origin(), x, p.result(), kind, align(kind, p), ratios(x, p));
            });
            readers.put(kind.text() + BACKWARD, p -> {
                Value dY = p.operand();
                return new Backward(p.origin(), dY, p.result(), kind, align(kind, p), ratios(dY, p));
            });
        }
        return Map.copyOf(readers);
    }

    private static boolean align(Kind kind, PrintedOp printed) {
        return kind.interpolates() && printed.flag(ALIGN);
    }

    private static List<Double> ratios(Value value, PrintedOp printed) {
        return Shape.axisNames(value.shape().axes()).stream()
                .map(axis -> printed.real(axis + RATIO))
                .toList();
    }

    private OpSignature.Builder named(String suffix) {
        OpSignature.Builder signature = OpSignature.of(kind.text() + suffix);
        if (kind.interpolates()) {
            signature.attribute(ALIGN, align);
        }
        List<String> axes = Shape.axisNames(ratios.size());
        for (int axis = 0; axis < axes.size(); axis++) {
            signature.attribute(axes.get(axis) + RATIO, ratios.get(axis));
        }
        return signature;
    }

    @Override
    public OpSignature signature() {
        return named("").from(x).to(y).build();
    }

    @Override
    public List<AxisLink> links() {
        return AxisLink.ofChannels(signature());
    }

    @Override
    public double constant(List<Double> operands) {
        return operands.get(0);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, kind.interpolates() ? interpolated(nodes) : gathered(nodes));
    }

    @Override
    public List<String> violations() {
        return resizes(x, y, ratios).violations();
    }

    /** Elements by their places along each axis, which rounding might move if ONNX computed them. */
    private String gathered(OnnxNodes nodes) {
        double middle = kind == Kind.NEAREST ? 0 : 0.5;
        String result = nodes.of(x);
        for (int i = 0; i < ratios.size(); i++) {
            int axis = WindowGeometry.FIRST + i;
            double ratio = ratios.get(i);
            int last = x.shape().axis(axis) - 1;
            List<Integer> places = IntStream.range(0, y.shape().axis(axis))
                    .mapToObj(place -> Math.min((int) (ratio * (place + middle)), last))
                    .toList();
            result = nodes.add(
                    OnnxNode.of("Gather", result, nodes.wholes(places)).with("axis", axis));
        }
        return result;
    }

    private String interpolated(OnnxNodes nodes) {
        List<Integer> from = Sizes.of(x.shape()).sizes();
        List<Integer> to = Sizes.of(y.shape()).sizes();
        boolean bySizes =
                align || IntStream.range(0, to.size()).allMatch(i -> ratios.get(i) * to.get(i) == from.get(i));
        OnnxNode node = bySizes
                ? OnnxNode.of("Resize", nodes.of(x), "", "", nodes.wholes(to))
                : OnnxNode.of("Resize", nodes.of(x), "", scales(nodes, ratios));
        return nodes.add(node.with("mode", kind == Kind.LINEAR ? "linear" : "cubic")
                .with("coordinate_transformation_mode", align ? "align_corners" : "half_pixel")
                .with("axes", axes(to.size())));
    }

    /** Each element of the axes behind the channels so many times. */
    static String repeated(OnnxNodes nodes, String x, Sizes times) {
        String scales =
                scales(nodes, times.sizes().stream().map(number -> 1.0 / number).toList());
        return nodes.add(OnnxNode.of("Resize", x, "", scales)
                .with("mode", "nearest")
                .with("coordinate_transformation_mode", "asymmetric")
                .with("nearest_mode", "floor")
                .with("axes", axes(times.axes())));
    }

    private static List<Integer> axes(int count) {
        return IntStream.range(WindowGeometry.FIRST, WindowGeometry.FIRST + count)
                .boxed()
                .toList();
    }

    private static String scales(OnnxNodes nodes, List<Double> ratios) {
        return nodes.joined(
                0,
                ratios.stream()
                        .map(ratio -> nodes.add("Unsqueeze", nodes.number(1 / ratio), nodes.wholes(0)))
                        .toList());
    }

    // y = A x, with an A along each axis: dX = Aᵀ dY.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, dY, dX, kind, align, ratios));
    }

    private static ShapeCheck resizes(Value x, Value y, List<Double> ratios) {
        int rank = WindowGeometry.FIRST + ratios.size();
        return new ShapeCheck()
                .rank(x, rank)
                .rank(y, rank)
                .then(check -> check.that(
                        x.shape().axis(1) == y.shape().axis(1),
                        () -> x + " " + x.shape() + " and " + y + " " + y.shape() + " have other channels"));
    }

    /** Adds up dY where each element of x went, by its weights there. */
    public record Backward(Origin origin, Value dY, Value dX, Kind kind, boolean align, List<Double> ratios)
            implements BackwardOp {
        /** Copies the list. */
        public Backward {
            ratios = List.copyOf(ratios);
        }

        @Override
        public OpSignature signature() {
            return new Resize(origin, dX, dY, kind, align, ratios)
                    .named(BACKWARD)
                    .from(dY)
                    .to(dX)
                    .build();
        }

        @Override
        public List<String> violations() {
            return resizes(dX, dY, ratios).violations();
        }
    }
}
