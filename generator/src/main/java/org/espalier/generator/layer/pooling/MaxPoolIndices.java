package org.espalier.generator.layer.pooling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.ir.op.ElementType;
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

/**
 * The places of the elements that a max pool takes, each counted in its channel as if that lay in one line: PyTorch's
 * {@code return_indices}. They are floating-point numbers without a gradient.
 *
 * @param window of the pool; without one it is adaptive
 */
public record MaxPoolIndices(Origin origin, Value x, Value indices, Optional<WindowGeometry> window)
        implements ForwardOp {
    /** The most elements that a channel can have, each of which float32 can count. */
    static final long MOST = 1L << 24;

    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS = readers();

    private static Map<String, PrintedOp.Reader> readers() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>();
        for (int axes : WindowGeometry.AXES) {
            readers.put(
                    name(axes, true),
                    p -> new MaxPoolIndices(p.origin(), p.operand(), p.result(), Optional.of(p.window(axes))));
            readers.put(
                    name(axes, false), p -> new MaxPoolIndices(p.origin(), p.operand(), p.result(), Optional.empty()));
        }
        return Map.copyOf(readers);
    }

    private static String name(int axes, boolean windowed) {
        return (windowed ? "max_pool" : "adaptive_max_pool") + axes + "d_indices";
    }

    @Override
    public OpSignature signature() {
        OpSignature.Builder signature = OpSignature.of(name(x.shape().axes(), window.isPresent()))
                .from(x)
                .to(indices);
        window.ifPresent(signature::attribute);
        return signature.build();
    }

    @Override
    public KernelCall call() {
        return KernelCall.of(signature()).by(KernelCall.Owner.ofAxes(x.shape().axes()));
    }

    @Override
    public void onnx(OnnxNodes nodes) {
        int area = (int) Sizes.of(x.shape()).elements();
        Optional<WindowGeometry> even = window.or(() -> Pools.evenly(x, indices));
        String places;
        if (even.isPresent()) {
            List<Integer> padding = Pools.padding(x, indices, even.get());
            String counted = nodes.add(Pools.onnx("MaxPool", nodes.of(x), padding, even.get()), 2)
                    .get(1);
            // ONNX counts on from sample to sample and channel to channel.
            places = nodes.add("Mod", counted, nodes.wholes(area));
        } else {
            places = ofParts(nodes, area);
        }
        nodes.is(indices, nodes.add(OnnxNode.of("Cast", places).with("to", ElementType.FLOAT.onnx())));
    }

    /** The places by axes, the last one first, so that of several that are as large the first one is taken. */
    private String ofParts(OnnxNodes nodes, int area) {
        Shape one = Shape.of(Sizes.of(x.shape()).behind(1, 1));
        List<Integer> all = IntStream.range(0, area).boxed().toList();
        String values = nodes.of(x);
        String places = nodes.add("Expand", nodes.reshaped(nodes.wholes(all), one), nodes.sizes(x.shape()));
        for (int axis = x.shape().rank() - 1; axis >= WindowGeometry.FIRST; axis--) {
            List<String> largest = new ArrayList<>();
            List<String> there = new ArrayList<>();
            for (Pools.Part part :
                    Pools.parts(x.shape().axis(axis), indices.shape().axis(axis))) {
                String those = nodes.part(values, axis, part.from(), part.to());
                String place = nodes.add(OnnxNode.of("ArgMax", those).with("axis", axis));
                largest.add(
                        nodes.add(OnnxNode.of("GatherElements", those, place).with("axis", axis)));
                String counted = nodes.part(places, axis, part.from(), part.to());
                there.add(
                        nodes.add(OnnxNode.of("GatherElements", counted, place).with("axis", axis)));
            }
            values = nodes.joined(axis, largest);
            places = nodes.joined(axis, there);
        }
        return places;
    }

    @Override
    public List<String> violations() {
        return window.map(given -> Pools.check(x, indices, given))
                .orElseGet(() -> Pools.check(x, indices))
                .violations();
    }

    @Override
    public List<Value> differentiable() {
        return List.of();
    }

    /** There is nothing to go on with: places do not move with the numbers there. */
    @Override
    public void backward(Tape tape) {}
}
