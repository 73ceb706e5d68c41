package org.espalier.onnx.lower;

import java.util.List;
import org.espalier.onnx.model.Constant;
import org.espalier.onnx.model.Node;

/**
 * Interpolation along an axis as a matrix: each element of the result is a weighted sum of elements of the axis.
 *
 * @param interpolation nearest, linear or cubic
 * @param mode how places of the result become places of the axis
 * @param rounding how a place becomes the nearest element
 * @param cubic the coefficient of cubic interpolation
 * @param excludes whether elements outside count for nothing, instead of the outermost
 * @param isAntialiased whether a smaller result takes the mean of more elements
 * @param outside the value outside of the region, for tf_crop_and_resize
 */
record Coordinates(
        String interpolation,
        String mode,
        String rounding,
        double cubic,
        boolean excludes,
        boolean isAntialiased,
        double outside) {

    static Coordinates of(Node node, boolean old) throws Unsupported {
        double outside = node.real("extrapolation_value", 0);
        if (outside != 0) {
            throw new Unsupported("its value outside of the region is " + outside + "; 0 is supported");
        }
        return new Coordinates(
                node.text("mode", "nearest"),
                old ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel"),
                old ? "floor" : node.text("nearest_mode", "round_prefer_floor"),
                node.real("cubic_coeff_a", -0.75),
                node.whole("exclude_outside", 0) == 1,
                node.whole("antialias", 0) == 1,
                outside);
    }

    /** [to, from]. */
    Constant matrix(long from, long to, double scale, double start, double end) throws Unsupported {
        if (from * to > Integer.MAX_VALUE) {
            throw new Unsupported("it resizes an axis of " + from + " to " + to + ", which is too large");
        }
        double[] matrix = new double[(int) (from * to)];
        for (int i = 0; i < to; i++) {
            fill(matrix, i, from, place(i, from, to, scale, start, end), scale);
        }
        return Constant.ofDoubles(List.of(to, from), matrix);
    }

    private double place(int i, long from, long to, double scale, double start, double end) throws Unsupported {
        double length = scale * from;
        return switch (mode) {
            case "asymmetric" -> i / scale;
            case "half_pixel" -> (i + 0.5) / scale - 0.5;
            case "pytorch_half_pixel" -> length > 1 ? (i + 0.5) / scale - 0.5 : 0;
            case "align_corners" -> length == 1 ? 0 : i * (from - 1) / (length - 1);
            case "half_pixel_symmetric" -> {
                double adjusted = to / length;
                yield (double) from * 0.5 * (1 - adjusted) + (i + 0.5) / scale - 0.5;
            }
            case "tf_crop_and_resize" ->
                to > 1
                        ? start * (from - 1) + i * (end - start) * (from - 1) / (to - 1)
                        : 0.5 * (start + end) * (from - 1);
            default -> throw new Unsupported("the coordinates '" + mode + "' are not supported");
        };
    }

    private void fill(double[] matrix, int row, long from, double x, double scale) {
        int offset = (int) (row * from);
        if (mode.equals("tf_crop_and_resize") && (x < 0 || x > from - 1)) {
            return;
        }
        if (interpolation.equals("nearest")) {
            double place = switch (rounding) {
                case "floor" -> Math.floor(x);
                case "ceil" -> Math.ceil(x);
                case "round_prefer_ceil" -> Math.floor(x + 0.5);
                default -> Math.ceil(x - 0.5);
            };
            matrix[offset + (int) Math.max(0, Math.min((double) from - 1, place))] = 1;
            return;
        }
        double stretch = isAntialiased && scale < 1 ? scale : 1;
        int reach = (int) Math.ceil((interpolation.equals("cubic") ? 2 : 1) / stretch) + 1;
        double sum = 0;
        double[] weights = new double[2 * reach + 1];
        int middle = (int) Math.floor(x);
        for (int k = -reach; k <= reach; k++) {
            boolean inside = middle + k >= 0 && middle + k < from;
            double weight = kernel((middle + k - x) * stretch);
            weights[k + reach] = excludes && !inside ? 0 : weight;
            sum += weights[k + reach];
        }
        for (int k = -reach; k <= reach; k++) {
            int place = (int) Math.max(0, Math.min(from - 1, middle + k));
            matrix[offset + place] += weights[k + reach] / sum;
        }
    }

    private double kernel(double distance) {
        double d = Math.abs(distance);
        if (!interpolation.equals("cubic")) {
            return Math.max(0, 1 - d);
        }
        if (d <= 1) {
            return ((cubic + 2) * d - (cubic + 3)) * d * d + 1;
        }
        return d < 2 ? ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic : 0;
    }
}
