package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.jspecify.annotations.Nullable;

/** The window of a convolution or pool: its size, its steps, what is around the tensor. */
final class NodeWindow {
    private static final List<String> AUTOMATIC = List.of("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID");

    private final List<Long> kernel;
    private final List<Long> strides;
    private final List<Long> dilations;
    private List<Long> begins;
    private List<Long> ends;

    private NodeWindow(
            List<Long> kernel, List<Long> strides, List<Long> dilations, List<Long> begins, List<Long> ends) {
        this.kernel = kernel;
        this.strides = strides;
        this.dilations = dilations;
        this.begins = begins;
        this.ends = ends;
    }

    /** The input of a layer of [batch, channels, …] with one to three more axes. */
    static Value input(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        if (x.rank() < 3 || x.rank() > 5 || x.form().batch() != 0 || x.sizes().get(0) != 1) {
            throw new Unsupported("it needs [batch, channels, …] with one to three further axes, but has " + x.form());
        }
        return x;
    }

    static List<Long> list(@Nullable List<Long> given, int axes, long otherwise) throws Unsupported {
        if (given == null || given.isEmpty()) {
            return new ArrayList<>(Collections.nCopies(axes, otherwise));
        }
        if (given.size() != axes) {
            throw new Unsupported("it has " + given.size() + " sizes for " + axes + " axes");
        }
        return new ArrayList<>(given);
    }

    /** The rule by which the padding follows from the other sizes; {@code NOTSET} if the model says it. */
    static String automaticPadding(NodeLowering node) throws Unsupported {
        String automatic = node.node().text("auto_pad", "NOTSET");
        if (!AUTOMATIC.contains(automatic)) {
            throw new Unsupported("its auto_pad is '" + automatic + "', and none of " + String.join(", ", AUTOMATIC));
        }
        return automatic;
    }

    /** The padding that the model says, before all axes and then behind them; null if it says none. */
    static @Nullable List<Long> givenPadding(NodeLowering node, int axes) throws Unsupported {
        List<Long> given = node.node().wholes("pads");
        if (given != null && given.size() != 2 * axes) {
            throw new Unsupported("it has " + given.size() + " pads, and not one on both sides of " + axes + " axes");
        }
        return given;
    }

    static NodeWindow of(NodeLowering node, Value x, List<Long> kernel) throws Unsupported {
        int axes = x.rank() - 2;
        if (kernel.size() != axes) {
            throw new Unsupported("its window " + kernel + " does not fit " + x.form());
        }
        List<Long> strides = list(node.node().wholes("strides"), axes, 1);
        List<Long> dilations = list(node.node().wholes("dilations"), axes, 1);
        List<Long> begins = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        List<Long> given = givenPadding(node, axes);
        String automatic = automaticPadding(node);
        for (int i = 0; i < axes; i++) {
            if (strides.get(i) < 1 || dilations.get(i) < 1 || kernel.get(i) < 1) {
                throw new Unsupported(
                        "its window " + kernel + " has strides " + strides + " and dilations " + dilations);
            }
            if (automatic.startsWith("SAME")) {
                long size = x.sizes().get(i + 2);
                long out = (size + strides.get(i) - 1) / strides.get(i);
                long total =
                        Math.max(0, (out - 1) * strides.get(i) + dilations.get(i) * (kernel.get(i) - 1) + 1 - size);
                begins.add(automatic.equals("SAME_UPPER") ? total / 2 : total - total / 2);
                ends.add(total - begins.get(i));
            } else {
                begins.add(given == null || automatic.equals("VALID") ? 0 : given.get(i));
                ends.add(given == null || automatic.equals("VALID") ? 0 : given.get(i + axes));
            }
        }
        return new NodeWindow(kernel, strides, dilations, begins, ends);
    }

    List<Long> kernel() {
        return kernel;
    }

    boolean isPadded() {
        return begins.stream().anyMatch(pad -> pad != 0) || ends.stream().anyMatch(pad -> pad != 0);
    }

    boolean isDilated() {
        return dilations.stream().anyMatch(dilation -> dilation != 1);
    }

    /** Pools take at most half a window of padding, and the same on both sides. */
    boolean suitsPools() {
        boolean suits = begins.equals(ends);
        for (int i = 0; i < kernel.size(); i++) {
            suits &= 2 * begins.get(i) <= kernel.get(i);
        }
        return suits;
    }

    /** The tensor with what the layer itself cannot pad; the window then has no padding any more. */
    Value padded(NodeLowering node, Value x, double with) {
        if (begins.equals(ends)) {
            return x;
        }
        return padded(node, x, with, begins, ends);
    }

    /** The tensor with all padding. */
    Value whollyPadded(NodeLowering node, Value x, double with) {
        return isPadded() ? padded(node, x, with, begins, ends) : x;
    }

    private Value padded(NodeLowering node, Value x, double with, List<Long> before, List<Long> after) {
        List<Long> sizes = new ArrayList<>(x.sizes());
        List<Long> pads = new ArrayList<>();
        for (int i = kernel.size() - 1; i >= 0; i--) {
            pads.add(before.get(i));
            pads.add(after.get(i));
            sizes.set(i + 2, sizes.get(i + 2) + before.get(i) + after.get(i));
        }
        List<OpArgument> arguments = new ArrayList<>(List.of(OpArgument.positional("pad", Setting.tuple(pads))));
        if (with != 0) {
            arguments.add(OpArgument.named("value", new Setting.Real(with)));
        }
        begins = list(kernel.size());
        ends = begins;
        return node.function("pad", x.form().sized(sizes), arguments, x.ref());
    }

    private static List<Long> list(int size) {
        return Collections.nCopies(size, 0L);
    }

    /** The sizes of the result along the axes of the window. */
    List<Long> outputs(Value x, boolean up) throws Unsupported {
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < kernel.size(); i++) {
            long room = x.sizes().get(i + 2) + begins.get(i) + ends.get(i) - dilations.get(i) * (kernel.get(i) - 1) - 1;
            long size = (room + (up ? strides.get(i) - 1 : 0)) / strides.get(i) + 1;
            // A window that would begin behind the tensor is left out.
            if (up && (size - 1) * strides.get(i) >= x.sizes().get(i + 2) + begins.get(i)) {
                size--;
            }
            if (room < 0 || size < 1) {
                throw new Unsupported("its window " + kernel + " is larger than " + x.form());
            }
            sizes.add(size);
        }
        return sizes;
    }

    /** Adds stride, padding and dilation. */
    void describe(List<OpArgument> arguments) {
        describe(arguments, "stride", strides, 1);
        describe(arguments, "padding", begins, 0);
        describe(arguments, "dilation", dilations, 1);
    }

    /** Adds stride and padding of a pool, whose stride is otherwise its size. */
    void describePool(List<OpArgument> arguments, boolean padding) {
        if (!strides.equals(kernel)) {
            arguments.add(OpArgument.named("stride", Setting.square(strides)));
        }
        if (padding) {
            describe(arguments, "padding", begins, 0);
        }
    }

    void describeDilation(List<OpArgument> arguments) {
        describe(arguments, "dilation", dilations, 1);
    }

    static void describe(List<OpArgument> arguments, String word, List<Long> sizes, long usual) {
        if (sizes.stream().anyMatch(size -> size != usual)) {
            arguments.add(OpArgument.named(word, Setting.square(sizes)));
        }
    }
}
