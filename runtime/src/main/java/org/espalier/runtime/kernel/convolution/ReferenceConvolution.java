package org.espalier.runtime.kernel.convolution;

import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions in plain loops of double arithmetic: what float64 networks use and what the fast ones are held to.
 *
 * <p>A convolution and its transpose relate two arrays, the image [batch, in, H, W] and the map [batch, out, h, w], by
 * a weight [out, in, kH, kW]. All that is ever computed of them are sums over the taps, the triples of an image
 * element, a weight and a map element with
 *
 * <pre>
 *   image[n, c, i·stride − padding + p·dilation, j·stride − padding + q·dilation]   W[o, c, p, q]   map[n, o, i, j]
 * </pre>
 *
 * where one factor's sum is wanted of the products of the other two. So the forward convolution sums into the map, its
 * gradient by the input into the image, that by the weight into W; and the transposed convolution, whose weight is [in,
 * out, kH, kW], has its input for map and its output for image. A weight [out, in/groups, kH, kW] connects each group
 * of the map's channels with its group of the image's.
 */
public final class ReferenceConvolution {
    private ReferenceConvolution() {}

    /** map[n, o, i, j] = b[o] + Σ W[o, c, p, q] image[n, c, …]. */
    public static void toMap(INDArray image, INDArray weight, @Nullable INDArray bias, INDArray map, Window window) {
        double[] from = Operand.of(image).read();
        double[] W = Operand.of(weight).read();
        double[] to = channelBias(bias, map);
        forEachRow(image, weight, map, window, (imageStart, step, w, mapStart, count) -> {
            for (int j = 0; j < count; j++) {
                to[mapStart + j] += W[w] * from[imageStart + j * step];
            }
        });
        Operand.of(map).write(to);
    }

    /** image[n, c, …] = b[c] + Σ W[o, c, p, q] map[n, o, i, j]. */
    public static void toImage(INDArray map, INDArray weight, @Nullable INDArray bias, INDArray image, Window window) {
        double[] from = Operand.of(map).read();
        double[] W = Operand.of(weight).read();
        double[] to = channelBias(bias, image);
        forEachRow(image, weight, map, window, (imageStart, step, w, mapStart, count) -> {
            for (int j = 0; j < count; j++) {
                to[imageStart + j * step] += W[w] * from[mapStart + j];
            }
        });
        Operand.of(image).write(to);
    }

    /** dW[o, c, p, q] = Σ image[n, c, …] map[n, o, i, j]. */
    public static void toWeight(INDArray image, INDArray map, INDArray weight, Window window, boolean accumulate) {
        double[] a = Operand.of(image).read();
        double[] b = Operand.of(map).read();
        double[] to = new double[Operand.of(weight).size()];
        forEachRow(image, weight, map, window, (imageStart, step, w, mapStart, count) -> {
            for (int j = 0; j < count; j++) {
                to[w] += a[imageStart + j * step] * b[mapStart + j];
            }
        });
        Operand.of(weight).write(to, accumulate);
    }

    /** Taps of one weight along one row of the map: {@code step} elements of the image for one of the map. */
    private interface Row {
        void taps(int imageStart, int step, int weight, int mapStart, int count);
    }

    private static void forEachRow(INDArray imageArray, INDArray weight, INDArray mapArray, Window window, Row row) {
        Operand image = Operand.of(imageArray);
        Operand map = Operand.of(mapArray);
        int ofGroup = Operand.of(weight).channels;
        int outputsOfGroup = map.channels / (image.channels / ofGroup);
        for (int n = 0; n < map.samples; n++) {
            for (int o = 0; o < map.channels; o++) {
                for (int within = 0; within < ofGroup; within++) {
                    int c = o / outputsOfGroup * ofGroup + within;
                    int weightPlane = o * ofGroup + within;
                    int mapPlane = n * map.channels + o;
                    int imagePlane = n * image.channels + c;
                    forEachRowOfPlane(image, imagePlane, weightPlane, map, mapPlane, window, row);
                }
            }
        }
    }

    private static void forEachRowOfPlane(
            Operand image, int imagePlane, int weightPlane, Operand map, int mapPlane, Window window, Row row) {
        for (int p = 0; p < window.kernelRows(); p++) {
            for (int q = 0; q < window.kernelWidth(); q++) {
                int shift = q * window.dilationWidth() - window.paddingWidth();
                int first = firstInside(shift, window.strideWidth());
                int last = lastInside(shift, window.strideWidth(), image.width, map.width);
                for (int i = 0; i < map.height && first <= last; i++) {
                    int y = Taps.row(image, map, window, p, i);
                    if (y >= 0) {
                        row.taps(
                                (imagePlane * image.height + y) * image.width + first * window.strideWidth() + shift,
                                window.strideWidth(),
                                (weightPlane * window.kernelRows() + p) * window.kernelWidth() + q,
                                (mapPlane * map.height + i) * map.width + first,
                                last - first + 1);
                    }
                }
            }
        }
    }

    /** The first j ≥ 0 with j·stride + shift ≥ 0. */
    private static int firstInside(int shift, int stride) {
        return shift >= 0 ? 0 : -Math.floorDiv(shift, stride);
    }

    /** The last j &lt; count with j·stride + shift &lt; size, −1 if there is none. */
    private static int lastInside(int shift, int stride, int size, int count) {
        return shift >= size ? -1 : Math.min(count - 1, (size - 1 - shift) / stride);
    }

    private static double[] channelBias(@Nullable INDArray bias, INDArray array) {
        Operand shape = Operand.of(array);
        double[] values = new double[shape.size()];
        if (bias != null) {
            double[] b = Operand.of(bias).read();
            int plane = shape.height * shape.width;
            for (int i = 0; i < values.length; i++) {
                values[i] = b[i / plane % shape.channels];
            }
        }
        return values;
    }
}
