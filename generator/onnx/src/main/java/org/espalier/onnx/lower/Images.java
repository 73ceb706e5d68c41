package org.espalier.onnx.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.lower.LoweredTensor.Value;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.Node;
import org.jspecify.annotations.Nullable;

/** Lowers padding and resizing. */
final class Images {
    private Images() {}

    static void register(Map<String, Rules.Rule> rules) {
        rules.put("Pad", Images::pad);
        rules.put("Resize", Images::resize);
        rules.put("Upsample", Images::resize);
    }

    private static void pad(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        List<Long> pads = node.wholes(1, "pads");
        List<Long> axes = node.node().hasInput(3) ? node.constant(3).wholeNumbers() : null;
        Constant with = node.optionalConstant(2);
        double value = with == null ? node.node().real("value", 0) : with.at(0);
        if (pads == null) {
            throw new Unsupported("it does not say how much to pad");
        }
        int count = pads.size() / 2;
        List<Long> before = new ArrayList<>(Collections.nCopies(x.rank(), 0L));
        List<Long> after = new ArrayList<>(before);
        for (int i = 0; i < count; i++) {
            int axis = x.form().positive(axes == null ? i : axes.get(i));
            before.set(axis, pads.get(i));
            after.set(axis, pads.get(i + count));
        }
        List<Long> sizes = new ArrayList<>(x.sizes());
        List<Long> written = new ArrayList<>();
        int first = x.rank();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (before.get(axis) != 0 || after.get(axis) != 0) {
                x.form().axis(axis);
                first = Math.min(first, x.form().place(axis));
                sizes.set(axis, sizes.get(axis) + before.get(axis) + after.get(axis));
            }
        }
        if (sizes.equals(x.sizes())) {
            node.result(x);
            return;
        }
        for (int axis = x.rank() - 1; axis >= 0; axis--) {
            int place = x.form().place(axis);
            if (place >= first && place != 0) {
                written.add(before.get(axis));
                written.add(after.get(axis));
            }
        }
        List<OpArgument> arguments = new ArrayList<>(List.of(OpArgument.positional("pad", Setting.tuple(written))));
        switch (node.node().text("mode", "constant")) {
            case "constant" -> {
                if (value != 0) {
                    arguments.add(OpArgument.named("value", new Setting.Real(value)));
                }
            }
            case "reflect" -> arguments.add(OpArgument.named("mode", Setting.of("'reflect'")));
            case "edge" -> arguments.add(OpArgument.named("mode", Setting.of("'replicate'")));
            default -> arguments.add(OpArgument.named("mode", Setting.of("'circular'")));
        }
        node.result(node.function("pad", x.form().sized(sizes), arguments, x.ref()));
    }

    private static void resize(NodeLowering node) throws Unsupported {
        Value x = node.numbers(0);
        Node from = node.node();
        boolean upsample = from.operator().equals("Upsample");
        boolean old = !upsample && from.version() < 11;
        Constant scalesGiven = upsample || old ? node.optionalConstant(1) : node.optionalConstant(2);
        Constant sizesGiven = upsample || old ? null : node.optionalConstant(3);
        Constant region = upsample || old ? null : node.optionalConstant(1);
        Coordinates coordinates = Coordinates.of(from, upsample || old);
        List<Long> axesGiven = from.wholes("axes");
        int count = axesGiven == null ? x.rank() : axesGiven.size();
        List<Long> sizes = new ArrayList<>(x.sizes());
        List<Integer> axes = new ArrayList<>();
        List<Double> scales = new ArrayList<>();
        double common = common(from, x, sizesGiven, axesGiven);
        for (int i = 0; i < count; i++) {
            int axis = x.form().positive(axesGiven == null ? i : axesGiven.get(i));
            long size = x.sizes().get(axis);
            double scale;
            if (sizesGiven != null && sizesGiven.count() > 0) {
                long wanted = sizesGiven.wholeAt(i);
                if (axis == x.form().batch()) {
                    wanted = wanted % Form.BATCH == 0 ? wanted / Form.BATCH : size;
                }
                scale = common > 0 ? common : (double) wanted / size;
                wanted = common > 0 ? Math.round(common * size) : wanted;
                sizes.set(axis, wanted);
            } else if (scalesGiven != null && scalesGiven.count() > i) {
                scale = scalesGiven.at(i);
                sizes.set(axis, (long) Math.floor(scale * size));
            } else {
                throw new Unsupported("it says neither scales nor sizes");
            }
            boolean crops = coordinates.mode().equals("tf_crop_and_resize");
            if (scale != 1 || sizes.get(axis) != size || crops) {
                if (axis != x.form().batch()) {
                    axes.add(axis);
                    scales.add(scale);
                }
            }
        }
        if (axes.isEmpty()) {
            node.result(x);
            return;
        }
        String layer = named(node, x, axes, scales, sizes, coordinates);
        if (layer != null) {
            node.result(upsampled(node, x, axes, scales, sizes, layer, coordinates));
            return;
        }
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i);
            double start = region == null || region.count() == 0 ? 0 : region.at(axesGiven == null ? axis : i);
            double end = region == null || region.count() == 0
                    ? 1
                    : region.at((axesGiven == null ? axis : i) + region.count() / 2);
            Constant matrix = coordinates.matrix(x.sizes().get(axis), sizes.get(axis), scales.get(i), start, end);
            x = ProductNodes.along(node, x, axis, matrix, "resized");
        }
        node.result(x);
    }

    private static double common(Node from, Value x, @Nullable Constant sizes, @Nullable List<Long> axes)
            throws Unsupported {
        String policy = from.text("keep_aspect_ratio_policy", "stretch");
        if (sizes == null || sizes.count() == 0 || policy.equals("stretch")) {
            return 0;
        }
        double common = 0;
        for (int i = 0; i < sizes.count(); i++) {
            int axis = x.form().positive(axes == null ? i : axes.get(i));
            double scale = (double) sizes.wholeAt(i) / x.sizes().get(axis);
            common = common == 0
                    ? scale
                    : policy.equals("not_larger") ? Math.min(common, scale) : Math.max(common, scale);
        }
        return common;
    }

    /** The mode of Upsample that does the same, or null. */
    private static @Nullable String named(
            NodeLowering node, Value x, List<Integer> axes, List<Double> scales, List<Long> sizes, Coordinates how) {
        boolean image = x.form().batch() == 0 && x.rank() >= 3 && x.rank() <= 5 && !axes.contains(1);
        boolean exact = true;
        boolean whole = true;
        for (int i = 0; i < axes.size(); i++) {
            exact &= sizes.get(axes.get(i)) == scales.get(i) * x.sizes().get(axes.get(i));
            whole &= scales.get(i) == Math.rint(scales.get(i));
        }
        if (!image
                || how.isAntialiased()
                || !exact
                || node.node().text("mode", "nearest").equals("cubic")) {
            return null;
        }
        if (how.interpolation().equals("nearest")) {
            boolean floors = how.mode().equals("asymmetric")
                    && (how.rounding().equals("floor") || how.rounding().isEmpty());
            boolean repeats =
                    whole && how.mode().equals("half_pixel") && how.rounding().equals("round_prefer_floor");
            return floors || repeats ? "nearest" : null;
        }
        boolean half = how.mode().equals("half_pixel") || how.mode().equals("pytorch_half_pixel");
        return half || how.mode().equals("align_corners")
                ? List.of("linear", "bilinear", "trilinear").get(x.rank() - 3)
                : null;
    }

    private static Value upsampled(
            NodeLowering node,
            Value x,
            List<Integer> axes,
            List<Double> scales,
            List<Long> sizes,
            String mode,
            Coordinates how) {
        List<OpArgument> arguments = new ArrayList<>();
        boolean same = axes.size() == x.rank() - 2
                && scales.stream().distinct().count() == 1
                && scales.get(0) == Math.rint(scales.get(0));
        arguments.add(
                same
                        ? OpArgument.named("scale_factor", Setting.of(Math.round(scales.get(0))))
                        : OpArgument.named("size", Setting.tuple(sizes.subList(2, sizes.size()))));
        if (!mode.equals("nearest")) {
            arguments.add(OpArgument.named("mode", Setting.of("'" + mode + "'")));
            if (how.mode().equals("align_corners")) {
                arguments.add(OpArgument.named("align_corners", Setting.of(true)));
            }
        }
        return node.layer("Upsample", arguments, Map.of(), x.form().sized(sizes), x.ref());
    }
}
