package org.espalier.generator.layer.pooling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.AxisLink;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.KernelCall;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.layer.api.LayerDefinition;

/** The largest element of each part of x, cut as by {@link AdaptiveAvgPool}. */
public record AdaptiveMaxPool(Origin origin, Value x, Value y) implements ForwardOp {
    public static final LayerDefinition OF_SEQUENCES =
            layer(1).example("AdaptiveMaxPool1d(3)", "[batch, 3, 8]", "[batch, 3, 3]", 0);

    public static final LayerDefinition OF_IMAGES = layer(2).example(
                    "AdaptiveMaxPool2d(1)", "[batch, 3, 8, 9]", "[batch, 3, 1, 1]", 0)
            .example("AdaptiveMaxPool2d((3, 2))", "[batch, 3, 8, 9]", "[batch, 3, 3, 2]", 0)
            .example("AdaptiveMaxPool2d((3, none))", "[batch, 3, 8, 9]", "[batch, 3, 3, 9]", 0)
            .example("AdaptiveMaxPool2d(2, return_indices=true)", "[batch, 2, 5, 4]", "[batch, 2, 2, 2]", 0);

    public static final LayerDefinition OF_VOLUMES = layer(3).example(
                    "AdaptiveMaxPool3d(2)", "[batch, 2, 4, 3, 5]", "[batch, 2, 2, 2, 2]", 0)
            .example("AdaptiveMaxPool3d((1, 3, 2))", "[batch, 2, 3, 4, 3]", "[batch, 2, 1, 3, 2]", 0);

    private static LayerDefinition layer(int axes) {
        return LayerDefinition.layer(
                AdaptiveRule.signature("MaxPool", axes)
                        .with("return_indices", false)
                        .build(),
                arguments -> AdaptiveRule.of("MaxPool", axes, arguments, AdaptiveMaxPool::new)
                        .withIndices(arguments.bool("return_indices")));
    }

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (int axes : WindowGeometry.AXES) {
            readers.put(name(axes), p -> new AdaptiveMaxPool(p.origin(), p.operand(), p.result()));
            readers.put(name(axes) + "_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.result()));
        }
        return Map.copyOf(readers);
    }

    private static String name(int axes) {
        return "adaptive_max_pool" + axes + "d";
    }

    @Override
    public OpSignature signature() {
        return OpSignature.of(name(x.shape().axes())).from(x).to(y).build();
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(x.shape().axes()));
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
        nodes.is(y, Pools.onnx("MaxPool", "ReduceMax", nodes, x, y));
    }

    @Override
    public List<String> violations() {
        return Pools.check(x, y).violations();
    }

    // y = max of a part of x: dX = dY where x was the first to reach it, else 0.
    @Override
    public void backward(Tape tape) {
        Value dY = tape.gradient(y);
        tape.contribute(x, dX -> new Backward(origin, x, dY, dX));
    }

    /** Sends each dY to the first largest element of its part. */
    public record Backward(Origin origin, Value x, Value dY, Value dX) implements BackwardOp {
        @Override
        public OpSignature signature() {
            return OpSignature.of(name(dY.shape().axes()) + "_backward")
                    .with(x)
                    .from(dY)
                    .to(dX)
                    .build();
        }

        @Override
        public KernelCall call() {
            return KernelCall.of(signature())
                    .by(KernelCall.Owner.ofAxes(dY.shape().axes()));
        }

        @Override
        public List<String> violations() {
            return Pools.check(dX, dY).sameShape(x, dX).violations();
        }
    }
}
