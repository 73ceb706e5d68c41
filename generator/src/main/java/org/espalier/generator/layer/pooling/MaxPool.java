package org.espalier.generator.layer.pooling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Datum;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.elaborate.language.LayerRule;
import org.espalier.generator.elaborate.language.Signature;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.language.Wiring;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.Extents;
import org.espalier.generator.layer.api.LayerDefinition;

/** The largest element of each window; padding never wins. */
public record MaxPool(Origin origin, Value x, Value y, WindowGeometry window) implements ForwardOp {
    public static final LayerDefinition OF_SEQUENCES = Rule.layer(1)
            .example("MaxPool1d(2)", "[batch, 3, 9]", "[batch, 3, 4]", 0)
            .example("MaxPool1d(3, stride=2, padding=1, ceil_mode=true)", "[batch, 3, 8]", "[batch, 3, 5]", 0)
            .example("MaxPool1d(2, stride=1, dilation=3)", "[batch, 3, 7]", "[batch, 3, 4]", 0)
            .example("MaxPool1d(2, return_indices=true)", "[batch, 3, 9]", "[batch, 3, 4]", 0);

    public static final LayerDefinition OF_IMAGES = Rule.layer(2)
            .example("MaxPool2d(2)", "[batch, 3, 8, 9]", "[batch, 3, 4, 4]", 0)
            .example("MaxPool2d(3, stride=2, padding=1)", "[batch, 3, 8, 9]", "[batch, 3, 4, 5]", 0)
            .example("MaxPool2d((2, 3), stride=1, dilation=(2, 1))", "[batch, 3, 6, 5]", "[batch, 3, 4, 3]", 0)
            .example("MaxPool2d(2, ceil_mode=true)", "[batch, 3, 4, 5]", "[batch, 3, 2, 3]", 0);

    public static final LayerDefinition OF_VOLUMES = Rule.layer(3)
            .example("MaxPool3d(2)", "[batch, 3, 4, 3, 5]", "[batch, 3, 2, 1, 2]", 0)
            .example(
                    "MaxPool3d((1, 3, 2), stride=(1, 2, 2), padding=(0, 1, 1), ceil_mode=true)",
                    "[batch, 2, 2, 4, 3]",
                    "[batch, 2, 2, 3, 2]",
                    0)
            .example(
                    "MaxPool3d((2, 1, 2), stride=1, dilation=(2, 1, 1))",
                    "[batch, 2, 4, 2, 3]",
                    "[batch, 2, 2, 2, 2]",
                    0);

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (int axes : WindowGeometry.AXES) {
            readers.put(name(axes), p -> new MaxPool(p.origin(), p.operand(), p.result(), p.window(axes)));
            readers.put(
                    name(axes) + "_backward",
                    p -> new Backward(p.origin(), p.operand(), p.operand(), p.result(), p.window(axes)));
        }
        return Map.copyOf(readers);
    }

    private static String name(int axes) {
        return "max_pool" + axes + "d";
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of(name(window.axes()))
                .from(x)
                .to(y)
                .attribute(window)
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

    @Override
    public double constant(List<Double> operands) {
        return operands.get(0);
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        nodes.is(y, nodes.add(Pools.onnx("MaxPool", nodes.of(x), Pools.padding(x, y, window), window)));
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
    public Optional<WindowGeometry> slides() {
        return Optional.of(window);
    }

    /** Sends each dY to the first largest element of its window. */
    public record Backward(Origin origin, Value x, Value dY, Value dX, WindowGeometry window) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(name(window.axes()) + "_backward")
                    .with(x)
                    .from(dY)
                    .to(dX)
                    .attribute(window)
                    .build();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(window.axes()));
        }

        @Override
        public List<String> violations() {
            return Pools.check(x, dY, window)
                    .then(check -> check.sameShape(x, dX))
                    .violations();
        }
    }

    /** {@code MaxPool2d} and its like: the stride is the kernel size unless given. */
    record Rule(WindowGeometry window, boolean ceil, boolean indices) implements LayerRule {

        private static LayerDefinition layer(int axes) {
            return LayerDefinition.layer(
                    Signature.of("MaxPool" + axes + "d")
                            .required("kernel_size", Type.size(axes))
                            .with("stride", Type.size(axes), new Datum.None())
                            .with("padding", Type.size(axes), new Datum.Int(0))
                            .with("dilation", Type.size(axes), new Datum.Int(1))
                            .with("return_indices", false)
                            .with("ceil_mode", false)
                            .build(),
                    arguments -> new Rule(
                            Pools.window(arguments, axes, arguments.sizes("dilation", 1, axes)),
                            arguments.bool("ceil_mode"),
                            arguments.bool("return_indices")));
        }

        private String layer() {
            return "MaxPool" + window.axes() + "d";
        }

        @Override
        public String kind() {
            return "maxpool";
        }

        @Override
        public int outputCount() {
            return indices ? 2 : 1;
        }

        @Override
        public String resultName(int place) {
            return "indices";
        }

        @Override
        public Fit fit(List<Shape> inputs) {
            Shape x = inputs.get(0);
            Fit fit = Extents.misfit(layer(), x, window.axes(), 0, "")
                    .orElseGet(() -> Extents.pooling(layer(), x, window, ceil));
            return indices ? Pools.withIndices(layer(), x, fit) : fit;
        }

        @Override
        public void lower(Wiring wiring, List<Value> inputs, List<Value> outputs) {
            wiring.add(new MaxPool(wiring.origin(), inputs.get(0), outputs.get(0), window));
            if (indices && wiring.isWanted(1)) {
                wiring.add(new MaxPoolIndices(wiring.origin(), inputs.get(0), outputs.get(1), Optional.of(window)));
            }
        }
    }
}
