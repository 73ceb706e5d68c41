package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.jspecify.annotations.Nullable;

/** Lowers convolutions and transposed convolutions. */
final class ConvolutionNodes {
    private ConvolutionNodes() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("Conv", ConvolutionNodes::convolution);
        rules.put("ConvTranspose", ConvolutionNodes::transposed);
    }

    private static void convolution(NodeLowering node) throws Unsupported {
        Value x = NodeWindow.input(node);
        Constant weight = node.constant(1);
        Constant bias = bias(node);
        List<Long> kernel = kernel(node, weight);
        NodeWindow window = NodeWindow.of(node, x, kernel);
        long groups = node.node().whole("group", 1);
        require(
                weight.rank() == x.rank()
                        && weight.size(1) * groups == x.sizes().get(1),
                weight,
                x);
        x = window.padded(node, x, 0);
        List<Long> sizes = new ArrayList<>(List.of(1L, weight.size(0)));
        sizes.addAll(window.outputs(x, false));
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("in_channels", x.sizes().get(1)));
        arguments.add(OpArgument.positional("out_channels", weight.size(0)));
        arguments.add(OpArgument.positional("kernel_size", Setting.square(kernel)));
        window.describe(arguments);
        if (groups != 1) {
            arguments.add(OpArgument.named("groups", Setting.of(groups)));
        }
        if (bias == null) {
            arguments.add(OpArgument.named("bias", Setting.of(false)));
        }
        node.result(node.layer(
                "Conv" + kernel.size() + "d",
                arguments,
                LoweredTensors.weights("weight", weight, "bias", bias),
                x.form().sized(sizes),
                x.ref()));
    }

    private static List<Long> kernel(NodeLowering node, Constant weight) throws Unsupported {
        List<Long> kernel = weight.shape().subList(Math.min(2, weight.rank()), weight.rank());
        List<Long> said = node.node().wholes("kernel_shape");
        if (said != null && !said.equals(kernel)) {
            throw new Unsupported("its kernel_shape is " + said + ", and the weight " + weight + " has " + kernel);
        }
        return kernel;
    }

    private static void require(boolean fits, Constant weight, Value x) throws Unsupported {
        if (!fits) {
            throw new Unsupported("the weight " + weight + " does not fit " + x.form());
        }
    }

    private static void transposed(NodeLowering node) throws Unsupported {
        Value x = NodeWindow.input(node);
        Constant weight = node.constant(1);
        Constant bias = bias(node);
        require(weight.rank() == x.rank() && weight.size(0) == (long) x.sizes().get(1), weight, x);
        List<Long> kernel = kernel(node, weight);
        long groups = node.node().whole("group", 1);
        int axes = kernel.size();
        List<Long> strides = NodeWindow.list(node.node().wholes("strides"), axes, 1);
        List<Long> dilations = NodeWindow.list(node.node().wholes("dilations"), axes, 1);
        List<Long> extra = NodeWindow.list(node.node().wholes("output_padding"), axes, 0);
        List<Long> begins = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        pads(node, x, kernel, strides, dilations, extra, begins, ends);
        List<Long> sizes = new ArrayList<>(List.of(1L, weight.size(1) * groups));
        List<Long> padding = new ArrayList<>();
        List<Long> behind = new ArrayList<>();
        List<Long> full = new ArrayList<>(sizes);
        boolean cut = false;
        for (int i = 0; i < axes; i++) {
            long size = x.sizes().get(i + 2);
            long whole = (size - 1) * strides.get(i) + dilations.get(i) * (kernel.get(i) - 1) + 1;
            long wanted = whole + extra.get(i) - begins.get(i) - ends.get(i);
            // What is cut at the end less than at the beginning is padding of the output, if it is less than a stride.
            long added = extra.get(i) + begins.get(i) - ends.get(i);
            boolean says = begins.get(i) >= 0 && added >= 0 && added < Math.max(strides.get(i), dilations.get(i));
            cut |= !says;
            padding.add(begins.get(i));
            behind.add(added);
            sizes.add(wanted);
            full.add(whole + extra.get(i));
        }
        List<OpArgument> arguments = new ArrayList<>();
        arguments.add(OpArgument.positional("in_channels", x.sizes().get(1)));
        arguments.add(OpArgument.positional("out_channels", sizes.get(1)));
        arguments.add(OpArgument.positional("kernel_size", Setting.square(kernel)));
        NodeWindow.describe(arguments, "stride", strides, 1);
        if (!cut) {
            NodeWindow.describe(arguments, "padding", padding, 0);
            NodeWindow.describe(arguments, "output_padding", behind, 0);
        } else {
            NodeWindow.describe(arguments, "output_padding", extra, 0);
        }
        if (groups != 1) {
            arguments.add(OpArgument.named("groups", Setting.of(groups)));
        }
        if (bias == null) {
            arguments.add(OpArgument.named("bias", Setting.of(false)));
        }
        NodeWindow.describe(arguments, "dilation", dilations, 1);
        Value made = node.layer(
                "ConvTranspose" + axes + "d",
                arguments,
                LoweredTensors.weights("weight", weight, "bias", bias),
                x.form().sized(cut ? full : sizes),
                x.ref());
        if (cut) {
            List<Long> negative = new ArrayList<>();
            for (int i = axes - 1; i >= 0; i--) {
                negative.add(-begins.get(i));
                negative.add(-ends.get(i));
            }
            made = node.function(
                    "pad",
                    x.form().sized(sizes),
                    List.of(OpArgument.positional("pad", Setting.tuple(negative))),
                    made.ref());
        }
        node.result(made);
    }

    private static void pads(
            NodeLowering node,
            Value x,
            List<Long> kernel,
            List<Long> strides,
            List<Long> dilations,
            List<Long> extra,
            List<Long> begins,
            List<Long> ends)
            throws Unsupported {
        List<Long> shape = node.node().wholes("output_shape");
        int axes = kernel.size();
        List<Long> given = NodeWindow.givenPadding(node, axes);
        String automatic = NodeWindow.automaticPadding(node);
        for (int i = 0; i < axes; i++) {
            boolean same = automatic.startsWith("SAME");
            if (shape != null || same) {
                long size = x.sizes().get(i + 2);
                long wanted = shape != null ? shape.get(shape.size() - axes + i) : size * strides.get(i);
                long total = (size - 1) * strides.get(i)
                        + extra.get(i)
                        + dilations.get(i) * (kernel.get(i) - 1)
                        + 1
                        - wanted;
                if (total < 0) {
                    // Larger than what the kernel reaches: zeros behind.
                    extra.set(i, extra.get(i) - total);
                    total = 0;
                }
                long less = total / 2;
                boolean upper = automatic.equals("SAME_UPPER");
                begins.add(upper ? less : total - less);
                ends.add(upper ? total - less : less);
            } else {
                begins.add(given == null || automatic.equals("VALID") ? 0 : given.get(i));
                ends.add(given == null || automatic.equals("VALID") ? 0 : given.get(i + axes));
            }
        }
        if (begins.stream().anyMatch(pad -> pad < 0) || ends.stream().anyMatch(pad -> pad < 0)) {
            throw new Unsupported("its padding is below 0");
        }
    }

    /** The bias; null also for the zeros that an exporter writes for a convolution without one. */
    private static @Nullable Constant bias(NodeLowering node) throws Unsupported {
        Constant bias = node.optionalConstant(2);
        return bias != null && !bias.learned() && bias.isEverywhere(0) ? null : bias;
    }
}
