package org.espalier.generator.layer.pooling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.generator.elaborate.language.Arguments;
import org.espalier.generator.elaborate.language.Fit;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
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

    /** Measures the padding of each axis before it, and then of each behind it as far as windows reach. */
    static List<Integer> padding(Value x, Value y, WindowGeometry window) {
        List<Integer> padding = new ArrayList<>(window.padding().sizes());
        for (int axis = 0; axis < window.axes(); axis++) {
            int covered = (y.shape().axis(WindowGeometry.FIRST + axis) - 1)
                            * window.stride().at(axis)
                    + (window.kernel().at(axis) - 1) * window.dilation().at(axis)
                    + 1;
            int inside = x.shape().axis(WindowGeometry.FIRST + axis)
                    + window.padding().at(axis);
            padding.add(Math.max(0, covered - inside));
        }
        return padding;
    }

    /** The node of ONNX for a pool. */
    static OnnxNode onnx(String operator, String x, List<Integer> padding, WindowGeometry window) {
        OnnxNode node = OnnxNode.of(operator, x)
                .with("kernel_shape", window.kernel().sizes())
                .with("strides", window.stride().sizes())
                .with("pads", padding);
        return window.dilation().isAll(1)
                ? node
                : node.with("dilations", window.dilation().sizes());
    }

    /** Zeros before each axis behind the channels, and then behind each. */
    static String zerosAround(OnnxNodes nodes, String x, List<Integer> padding) {
        int axes = padding.size() / 2;
        List<Integer> all = new ArrayList<>(List.of(0, 0));
        all.addAll(padding.subList(0, axes));
        all.addAll(List.of(0, 0));
        all.addAll(padding.subList(axes, 2 * axes));
        return nodes.add("Pad", x, nodes.wholes(all));
    }

    /** The window of an adaptive pool whose parts are all as large and do not overlap. */
    static Optional<WindowGeometry> evenly(Value x, Value y) {
        List<Integer> sizes = new ArrayList<>();
        for (int axis = WindowGeometry.FIRST; axis < x.shape().rank(); axis++) {
            if (x.shape().axis(axis) % y.shape().axis(axis) != 0) {
                return Optional.empty();
            }
            sizes.add(x.shape().axis(axis) / y.shape().axis(axis));
        }
        Sizes kernel = new Sizes(sizes);
        Sizes none = Sizes.all(sizes.size(), 0);
        return Optional.of(new WindowGeometry(kernel, kernel, none, Sizes.all(sizes.size(), 1), none));
    }

    /** A part of an axis that an adaptive pool makes one element of. */
    record Part(int from, int to) {}

    /** The parts of an axis. */
    static List<Part> parts(int large, int small) {
        return IntStream.range(0, small)
                .mapToObj(i -> new Part(i * large / small, ((i + 1) * large + small - 1) / small))
                .toList();
    }

    /** An adaptive pool: a pool where its parts are all as large, or else axis by axis and part by part. */
    static String onnx(String pool, String reduction, OnnxNodes nodes, Value x, Value y) {
        Optional<WindowGeometry> even = evenly(x, y);
        if (even.isPresent()) {
            boolean all = even.get().kernel().equals(Sizes.of(x.shape()));
            return nodes.add(
                    all
                            ? OnnxNode.of("Global" + pool, nodes.of(x))
                            : onnx(pool, nodes.of(x), padding(x, y, even.get()), even.get()));
        }
        String result = nodes.of(x);
        for (int axis = WindowGeometry.FIRST; axis < x.shape().rank(); axis++) {
            if (x.shape().axis(axis) == y.shape().axis(axis)) {
                continue;
            }
            List<String> reduced = new ArrayList<>();
            for (Part part : parts(x.shape().axis(axis), y.shape().axis(axis))) {
                reduced.add(nodes.add(reduction, nodes.part(result, axis, part.from(), part.to()), nodes.wholes(axis)));
            }
            result = nodes.joined(axis, reduced);
        }
        return result;
    }
}
