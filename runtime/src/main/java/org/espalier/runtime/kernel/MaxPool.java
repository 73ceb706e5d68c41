package org.espalier.runtime.kernel;

import java.util.Arrays;

/** Max pooling on floats, a channel at a time, or several small ones. */
final class MaxPool {
    private MaxPool() {}

    static void forward(Operand x, Operand y, Window window) {
        Taps.requireInside(x, y, window);
        if (isDense(window)) {
            slide(x, y, window);
        } else {
            choose(x, y, window);
        }
    }

    /** Whether all of a window lies side by side in the image, wherever it is. */
    private static boolean isDense(Window window) {
        return window.paddingHeight() == 0
                && window.paddingWidth() == 0
                && window.dilationHeight() == 1
                && window.dilationWidth() == 1;
    }

    /**
     * The maxima of windows of one element after the other at every place of the image, as if the stride were 1, and of
     * those the ones that are wanted. That is faster than to compute only these, since the compiler vectorises it.
     */
    private static void slide(Operand x, Operand y, Window window) {
        int plane = x.height * x.width;
        int pooled = y.height * y.width;
        int atOnce = Math.max(1, Math.min(x.channels, Scratch.BLOCK / Math.max(1, plane)));
        int groups = (x.channels + atOnce - 1) / atOnce;
        Channels.forEach(x.samples * groups, atOnce * plane, index -> {
            int n = index / groups;
            int first = index % groups * atOnce;
            int channels = Math.min(atOnce, x.channels - first);
            int count = channels * plane;
            Scratch scratch = Scratch.get();
            float[] largest = scratch.plane(count);
            float[] other = scratch.row(count);
            int from = n * x.sampleStride + first * plane;
            x.get(from, largest, count);
            for (int p = 1; p < window.kernelHeight(); p++) {
                int behind = p * x.width;
                x.get(from + behind, other, count - behind);
                raise(largest, other, count - behind);
            }
            if (window.kernelWidth() > 1) {
                float[] columns = scratch.lane(count);
                System.arraycopy(largest, 0, columns, 0, count);
                for (int q = 1; q < window.kernelWidth(); q++) {
                    System.arraycopy(columns, q, other, 0, count - q);
                    raise(largest, other, count - q);
                }
            }
            for (int c = 0; c < channels; c++) {
                for (int i = 0; i < y.height; i++) {
                    Strided.gather(
                            largest,
                            c * plane + i * window.strideHeight() * x.width,
                            window.strideWidth(),
                            other,
                            c * pooled + i * y.width,
                            y.width);
                }
            }
            y.put(n * y.sampleStride + first * pooled, other, channels * pooled);
        });
    }

    private static void raise(float[] largest, float[] values, int n) {
        for (int i = 0; i < n; i++) {
            largest[i] = Math.max(largest[i], values[i]);
        }
    }

    private static void choose(Operand x, Operand y, Window window) {
        int plane = x.height * x.width;
        int pooled = y.height * y.width;
        Channels.forEach(x.samples * x.channels, plane, index -> {
            int n = index / x.channels;
            int c = index % x.channels;
            Scratch scratch = Scratch.get();
            float[] values = scratch.plane(plane);
            float[] largest = scratch.row(pooled);
            x.get(n * x.sampleStride + c * plane, values, plane);
            Arrays.fill(largest, 0, pooled, Float.NEGATIVE_INFINITY);
            Taps.forEach(x, y, window, (tap, from, step, to, count) -> {
                for (int j = 0; j < count; j++) {
                    largest[to + j] = Math.max(largest[to + j], values[from + j * step]);
                }
            });
            y.put(n * y.sampleStride + c * pooled, largest, pooled);
        });
    }

    static void backward(Operand x, Operand dY, Operand dX, Window window) {
        Taps.requireInside(x, dY, window);
        int plane = x.height * x.width;
        int pooled = dY.height * dY.width;
        Channels.forEach(x.samples * x.channels, plane, index -> {
            int n = index / x.channels;
            int c = index % x.channels;
            Scratch scratch = Scratch.get();
            float[] values = scratch.plane(plane);
            float[] largest = scratch.row(pooled);
            int[] winner = scratch.indices(pooled);
            x.get(n * x.sampleStride + c * plane, values, plane);
            Arrays.fill(winner, 0, pooled, -1);
            Taps.forEach(x, dY, window, (tap, from, step, to, count) -> {
                for (int j = 0; j < count; j++) {
                    float value = values[from + j * step];
                    float best = largest[to + j];
                    if (winner[to + j] < 0 || value > best || (Float.isNaN(value) && !Float.isNaN(best))) {
                        largest[to + j] = value;
                        winner[to + j] = from + j * step;
                    }
                }
            });
            dY.get(n * dY.sampleStride + c * pooled, largest, pooled);
            Arrays.fill(values, 0, plane, 0);
            for (int i = 0; i < pooled; i++) {
                values[winner[i]] += largest[i];
            }
            dX.put(n * dX.sampleStride + c * plane, values, plane);
        });
    }
}
