package org.espalier.generator.layer.convolution;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;

/** Relations between the shapes of convolutions. */
final class Convolutions {
    private Convolutions() {}

    /** The number of groups, which divides both numbers of channels. */
    static int groups(Arguments arguments, int in, int out) {
        int groups = arguments.integer("groups", 1);
        if (in % groups != 0 || out % groups != 0) {
            arguments.outOfRange("groups", "a divisor of in_channels and out_channels");
        }
        return groups;
    }

    /** The name of the operation. */
    static String name(int axes, boolean transposed) {
        return (transposed ? "conv_transpose" : "conv") + axes + "d";
    }

    static OpSignature signature(
            Value x, Value weight, Optional<Value> bias, Value y, WindowGeometry window, boolean transposed) {
        return OpSignature.of(name(window.axes(), transposed))
                .from(x)
                .with(weight)
                .with(bias)
                .to(y)
                .attribute(window)
                .using(Argument.State.WORKSPACE)
                .build();
    }

    /** Each place of what a window makes, or of what a transposed one spreads, meets all weights. */
    static long multiplyAdds(Value x, Value y, Value weight, boolean transposed) {
        return (transposed ? x : y).shape().area() * weight.shape().elements();
    }

    /**
     * Checks that the window of a convolution slides over x and makes y, or over y and makes x if it is transposed.
     *
     * @param weight [made channels, channels slid over, kernel…]; groups may divide both, and the latter are then those
     *     of one group
     */
    static ShapeCheck check(Value x, Value y, Value weight, WindowGeometry window, boolean transposed) {
        Value small = transposed ? x : y;
        Value large = transposed ? y : x;
        return new ShapeCheck()
                .rank(small, WindowGeometry.FIRST + window.axes())
                .rank(large, WindowGeometry.FIRST + window.axes())
                .then(check -> check.equal(
                                weight,
                                Shape.of(window.kernel()
                                        .behind(small.shape().axis(1), channelsOfGroup(small, large, weight))))
                        .that(
                                window.joins(small.shape(), large.shape(), transposed),
                                () -> "a window of kernel " + window.kernel() + ", stride " + window.stride()
                                        + ", padding " + window.padding() + ", dilation " + window.dilation()
                                        + ", output padding " + window.outputPadding() + " does not join "
                                        + large.shape() + " and " + small.shape()));
    }

    private static int channelsOfGroup(Value small, Value large, Value weight) {
        int channels = large.shape().axis(1);
        int ofGroup = weight.shape().rank() < 2 ? channels : weight.shape().axis(1);
        boolean grouped = channels % ofGroup == 0 && small.shape().axis(1) % (channels / ofGroup) == 0;
        return grouped ? ofGroup : channels;
    }

    /** The node of ONNX for a convolution, transposed or not. */
    static OnnxNode onnx(
            String operator,
            OnnxNodes nodes,
            Value x,
            Value weight,
            Optional<Value> bias,
            WindowGeometry window,
            int groups) {
        List<Integer> pads = new ArrayList<>(window.padding().sizes());
        pads.addAll(window.padding().sizes());
        List<String> read = new ArrayList<>(List.of(nodes.of(x), nodes.of(weight)));
        bias.ifPresent(value -> read.add(nodes.of(value)));
        return OnnxNode.of(operator, read.toArray(String[]::new))
                .with("kernel_shape", window.kernel().sizes())
                .with("strides", window.stride().sizes())
                .with("pads", pads)
                .with("dilations", window.dilation().sizes())
                .with("group", groups);
    }
}
