package org.espalier.runtime.kernel.convolution;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.window.Strided;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;

/**
 * Convolutions of volumes, on floats, by the columns of {@link FloatConvolution}, which are made for some rows of the
 * map of one sample at a time. The channels of the columns, and the products, are shared among the threads.
 */
final class VolumeConvolution {
    private final Gemm gemm;
    private final Operand image;
    private final Operand map;
    private final Window window;
    private final Workspace workspace;
    private final FloatBuffer scratch;
    private final int imagePlane;
    private final int mapPlane;
    private final int kernel;
    private final int depth;
    private final int rowsAtOnce;

    VolumeConvolution(
            Gemm gemm, ConvolutionTuning tuning, Operand image, Operand map, Window window, Workspace workspace) {
        this.gemm = gemm;
        this.image = image;
        this.map = map;
        this.window = window;
        this.workspace = workspace;
        imagePlane = image.height * image.width;
        mapPlane = map.height * map.width;
        kernel = window.kernelSize();
        depth = image.channels * kernel;
        rowsAtOnce = (int) Math.max(1, Math.min(map.height, tuning.columnsSize() / ((long) depth * map.width)));
        scratch = workspace.reserve((long) depth * rowsAtOnce * map.width);
    }

    /** map = W · columns + b. */
    void toMap(Operand weight, float[] bias) {
        fill(map, mapPlane, bias);
        forEachPart((sample, top, bottom) -> {
            int n = (bottom - top) * map.width;
            makeColumns(sample, top, bottom);
            gemm.multiply(
                    false,
                    false,
                    map.channels,
                    n,
                    depth,
                    weight.address,
                    depth,
                    workspace.address(0),
                    n,
                    1,
                    ofMap(sample, top),
                    mapPlane);
        });
    }

    /** image = the sum of Wᵀ · map over the columns, + b. */
    void toImage(Operand weight, float[] bias) {
        fill(image, imagePlane, bias);
        forEachPart((sample, top, bottom) -> {
            int n = (bottom - top) * map.width;
            gemm.multiply(
                    true,
                    false,
                    depth,
                    n,
                    map.channels,
                    weight.address,
                    depth,
                    ofMap(sample, top),
                    mapPlane,
                    0,
                    workspace.address(0),
                    n);
            addColumns(sample, top, bottom);
        });
    }

    /** dW = map · columnsᵀ. */
    void toWeight(Operand weight, boolean accumulate) {
        forEachPart((sample, top, bottom) -> {
            int n = (bottom - top) * map.width;
            makeColumns(sample, top, bottom);
            gemm.multiply(
                    false,
                    true,
                    map.channels,
                    depth,
                    n,
                    ofMap(sample, top),
                    mapPlane,
                    workspace.address(0),
                    n,
                    accumulate || sample > 0 || top > 0 ? 1 : 0,
                    weight.address,
                    depth);
        });
    }

    /** Some rows of the map of a sample, from {@code top} to {@code bottom}, exclusive. */
    private interface Part {
        void run(int sample, int top, int bottom);
    }

    private void forEachPart(Part part) {
        for (int sample = 0; sample < map.samples; sample++) {
            for (int top = 0; top < map.height; top += rowsAtOnce) {
                part.run(sample, top, Math.min(map.height, top + rowsAtOnce));
            }
        }
    }

    private long ofMap(int sample, int row) {
        return ForeignMemory.at(map.address, sample * map.sampleStride + row * map.width);
    }

    private void makeColumns(int sample, int top, int bottom) {
        int n = (bottom - top) * map.width;
        Channels.forEach(image.channels, kernel * n, c -> {
            Scratch memory = Scratch.get();
            float[] from = memory.plane(imagePlane);
            float[] columns = memory.lane(kernel * n);
            image.get(sample * image.sampleStride + c * imagePlane, from, imagePlane);
            Arrays.fill(columns, 0, kernel * n, 0);
            Taps.forEach(
                    image,
                    map,
                    window,
                    top,
                    bottom,
                    (tap, at, step, to, count) ->
                            Strided.gather(from, at, step, columns, tap * n + to - top * map.width, count));
            scratch.put(c * kernel * n, columns, 0, kernel * n);
        });
    }

    /** The adjoint of {@link #makeColumns}. */
    private void addColumns(int sample, int top, int bottom) {
        int n = (bottom - top) * map.width;
        Channels.forEach(image.channels, kernel * n, c -> {
            Scratch memory = Scratch.get();
            float[] sum = memory.plane(imagePlane);
            float[] columns = memory.lane(kernel * n);
            int start = sample * image.sampleStride + c * imagePlane;
            image.get(start, sum, imagePlane);
            scratch.get(c * kernel * n, columns, 0, kernel * n);
            Taps.forEach(
                    image,
                    map,
                    window,
                    top,
                    bottom,
                    (tap, at, step, to, count) ->
                            Strided.add(columns, tap * n + to - top * map.width, sum, at, step, count));
            image.put(start, sum, imagePlane);
        });
    }

    private static void fill(Operand to, int plane, float[] bias) {
        Channels.forEach(to.samples * to.channels, plane, index -> {
            int c = index % to.channels;
            float[] values = Scratch.get().plane(plane);
            Arrays.fill(values, 0, plane, bias[c]);
            to.put(index / to.channels * to.sampleStride + c * plane, values, plane);
        });
    }
}
