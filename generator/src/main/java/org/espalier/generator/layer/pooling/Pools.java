package org.espalier.generator.layer.pooling;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;

/** The windows of pools, and relations between their shapes. */
final class Pools {
    private Pools() {}

    /** The window of a pool, whose stride is the kernel size unless given. */
    static WindowGeometry window(Arguments arguments, int axes, Sizes dilation) {
        Sizes kernel = arguments.sizes("kernel_size", 1, axes);
        Sizes padding = arguments.sizes("padding", 0, axes);
        if (IntStream.range(0, axes).anyMatch(axis -> padding.at(axis) > kernel.at(axis) / 2)) {
            arguments.outOfRange("padding", "at most half the kernel_size");
        }
        Sizes stride = arguments.isNone("stride") ? kernel : arguments.sizes("stride", 1, axes);
        return new WindowGeometry(kernel, stride, padding, dilation, Sizes.all(axes, 0));
    }

    /** The shapes of a pool that returns indices too, which are as many as its elements. */
    static Fit withIndices(String layer, Shape x, Fit fit) {
        if (!(fit instanceof Fit.Fitting fitting)) {
            return fit;
        }
        return Sizes.of(x).elements() > MaxPoolIndices.MOST
                ? Fit.mismatch(layer, "at most " + MaxPoolIndices.MOST + " elements in a channel to count", x)
                : new Fit.Fitting(List.of(fitting.shape(), fitting.shape()));
    }

    static ShapeCheck check(Value x, Value y) {
        return new ShapeCheck()
                .that(x.shape().batched() && x.shape().rank() > WindowGeometry.FIRST, () -> x + " is no image")
                .rank(y, x.shape().rank())
                .then(check -> check.that(
                        x.shape().axis(1) == y.shape().axis(1), () -> x + " and " + y + " differ in channels"));
    }

    static ShapeCheck check(Value x, Value y, WindowGeometry window) {
        return check(x, y)
                .rank(x, WindowGeometry.FIRST + window.axes())
                .then(check -> check.that(
                        window.pools(y.shape(), x.shape()),
                        () -> "a window of " + window + " does not join " + x.shape() + " and " + y.shape()));
    }
}
