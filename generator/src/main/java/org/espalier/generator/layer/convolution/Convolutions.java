package org.espalier.generator.layer.convolution;

import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.Window;

/** Relations between the shapes of convolutions. */
final class Convolutions {
    private Convolutions() {}

    /**
     * Checks that a window slides over {@code large} and meets {@code small}.
     *
     * @param weight [small's channels, large's channels, kH, kW]; if not transposed, groups may divide both channels,
     *     and weight's are then large's of one group
     */
    static ShapeCheck check(Value small, Value large, Value weight, Window window, boolean transposed) {
        return new ShapeCheck()
                .rank(small, 4)
                .rank(large, 4)
                .then(check -> check.equal(
                                weight,
                                Shape.of(
                                        small.shape().axis(1),
                                        channelsOfGroup(small, large, weight, transposed),
                                        window.kernel().height(),
                                        window.kernel().width()))
                        .that(
                                window.joins(small.shape(), large.shape(), transposed),
                                () -> "a window of kernel " + window.kernel() + ", stride " + window.stride()
                                        + ", padding " + window.padding() + ", dilation " + window.dilation()
                                        + ", output padding " + window.outputPadding() + " does not join "
                                        + large.shape() + " and " + small.shape()));
    }

    private static int channelsOfGroup(Value small, Value large, Value weight, boolean transposed) {
        int channels = large.shape().axis(1);
        int ofGroup = weight.shape().rank() < 2 ? channels : weight.shape().axis(1);
        boolean grouped =
                !transposed && channels % ofGroup == 0 && small.shape().axis(1) % (channels / ofGroup) == 0;
        return grouped ? ofGroup : channels;
    }
}
