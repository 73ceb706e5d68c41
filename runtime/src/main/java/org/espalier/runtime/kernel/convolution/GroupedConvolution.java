package org.espalier.runtime.kernel.convolution;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions in groups, on floats, by windows that lie so wide apart that a {@link TapLayout} of them would be mostly
 * padding: plane by plane, a tap at a time. Names and formulas are {@link ReferenceConvolution}'s.
 */
final class GroupedConvolution {
    private final Operand image;
    private final Operand map;
    private final Window window;

    /** Channels of the image in a group, and of the map. */
    private final int ofGroup;

    private final int outputsOfGroup;
    private final int imagePlane;
    private final int mapPlane;
    private final int kernel;

    private GroupedConvolution(Operand image, Operand weight, Operand map, Window window) {
        this.image = image;
        this.map = map;
        this.window = window;
        ofGroup = weight.channels;
        outputsOfGroup = map.channels / (image.channels / ofGroup);
        imagePlane = image.height * image.width;
        mapPlane = map.height * map.width;
        kernel = window.kernelSize();
    }

    /** Tells whether a weight is one of groups. */
    static boolean is(Operand image, Operand weight) {
        return weight.channels != image.channels;
    }

    static void toMap(Operand image, Operand weight, @Nullable Operand bias, Operand map, Window window) {
        new GroupedConvolution(image, weight, map, window).toMap(weight, bias);
    }

    private void toMap(Operand weight, @Nullable Operand bias) {
        float[] W = read(weight);
        float[] b = bias == null ? new float[map.channels] : read(bias);
        Channels.forEach(map.samples * map.channels, mapPlane * ofGroup * kernel, index -> {
            int n = index / map.channels;
            int o = index % map.channels;
            Scratch scratch = Scratch.get();
            float[] from = scratch.plane(imagePlane);
            float[] sum = scratch.row(mapPlane);
            Arrays.fill(sum, 0, mapPlane, b[o]);
            for (int within = 0; within < ofGroup; within++) {
                int c = o / outputsOfGroup * ofGroup + within;
                int first = (o * ofGroup + within) * kernel;
                image.get(n * image.sampleStride + c * imagePlane, from, imagePlane);
                Taps.forEach(image, map, window, (tap, at, step, to, count) -> {
                    float w = W[first + tap];
                    for (int j = 0; j < count; j++) {
                        sum[to + j] += w * from[at + j * step];
                    }
                });
            }
            map.put(n * map.sampleStride + o * mapPlane, sum, mapPlane);
        });
    }

    static void toImage(Operand map, Operand weight, @Nullable Operand bias, Operand image, Window window) {
        new GroupedConvolution(image, weight, map, window).toImage(weight, bias);
    }

    private void toImage(Operand weight, @Nullable Operand bias) {
        float[] W = read(weight);
        float[] b = bias == null ? new float[image.channels] : read(bias);
        Channels.forEach(image.samples * image.channels, mapPlane * outputsOfGroup * kernel, index -> {
            int n = index / image.channels;
            int c = index % image.channels;
            Scratch scratch = Scratch.get();
            float[] sum = scratch.plane(imagePlane);
            float[] from = scratch.row(mapPlane);
            Arrays.fill(sum, 0, imagePlane, b[c]);
            for (int output = 0; output < outputsOfGroup; output++) {
                int o = c / ofGroup * outputsOfGroup + output;
                int first = (o * ofGroup + c % ofGroup) * kernel;
                map.get(n * map.sampleStride + o * mapPlane, from, mapPlane);
                Taps.forEach(image, map, window, (tap, at, step, to, count) -> {
                    float w = W[first + tap];
                    for (int j = 0; j < count; j++) {
                        sum[at + j * step] += w * from[to + j];
                    }
                });
            }
            image.put(n * image.sampleStride + c * imagePlane, sum, imagePlane);
        });
    }

    static void toWeight(Operand image, Operand map, Operand weight, Window window, boolean accumulate) {
        new GroupedConvolution(image, weight, map, window).toWeight(weight, accumulate);
    }

    private void toWeight(Operand weight, boolean accumulate) {
        Channels.forEach(map.channels * ofGroup, map.samples * mapPlane * kernel, index -> {
            int o = index / ofGroup;
            int c = o / outputsOfGroup * ofGroup + index % ofGroup;
            Scratch scratch = Scratch.get();
            float[] left = scratch.plane(imagePlane);
            float[] right = scratch.row(mapPlane);
            float[] gradient = scratch.lane(kernel);
            double[] sums = new double[kernel];
            for (int n = 0; n < map.samples; n++) {
                image.get(n * image.sampleStride + c * imagePlane, left, imagePlane);
                map.get(n * map.sampleStride + o * mapPlane, right, mapPlane);
                Taps.forEach(image, map, window, (tap, at, step, to, count) -> {
                    double sum = 0;
                    for (int j = 0; j < count; j++) {
                        sum += left[at + j * step] * right[to + j];
                    }
                    sums[tap] += sum;
                });
            }
            if (accumulate) {
                weight.get(index * kernel, gradient, kernel);
            } else {
                Arrays.fill(gradient, 0, kernel, 0);
            }
            for (int tap = 0; tap < kernel; tap++) {
                gradient[tap] += (float) sums[tap];
            }
            weight.put(index * kernel, gradient, kernel);
        });
    }

    private static float[] read(Operand operand) {
        float[] values = new float[operand.size()];
        operand.get(0, values, values.length);
        return values;
    }
}
