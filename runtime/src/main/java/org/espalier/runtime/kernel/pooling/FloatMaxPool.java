package org.espalier.runtime.kernel.pooling;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.window.Strided;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;

/** Max pooling on floats, a channel at a time, or several small ones. */
public final class FloatMaxPool {
    /** Cost of an element relative to one of a plain loop, by which poolings of small networks are cut into tasks. */
    private static final int COST = 8;

    private FloatMaxPool() {}

    public static void forward(Operand x, Operand y, Window window) {
        Taps.requireInside(x, y, window);
        if (isDense(x, y, window)) {
            slide(x, y, window);
        } else {
            choose(x, y, window);
        }
    }

    /** Tells whether all of a window lies side by side in the image, wherever it is. */
    private static boolean isDense(Operand x, Operand y, Window window) {
        return Taps.isFlat(x, y, window)
                && window.paddingHeight() == 0
                && window.paddingWidth() == 0
                && window.dilationHeight() == 1
                && window.dilationWidth() == 1
                && (y.height - 1L) * window.strideHeight() + window.kernelHeight() <= x.height
                && (y.width - 1L) * window.strideWidth() + window.kernelWidth() <= x.width;
    }

    private static void slide(Operand x, Operand y, Window window) {
        int pooled = y.height * y.width;
        forEachGroup(x, (n, first, channels) -> {
            float[] largest = maxima(x, y, window, n * x.sampleStride + first * x.height * x.width, channels);
            y.put(n * y.sampleStride + first * pooled, largest, channels * pooled);
        });
    }

    /** Some channels of a sample. */
    private interface Group {
        void run(int sample, int first, int channels);
    }

    /** As many channels at a time as fit a block. */
    private static void forEachGroup(Operand x, Group group) {
        int plane = x.height * x.width;
        int atOnce = Math.max(1, Math.min(x.channels, Scratch.BLOCK / Math.max(1, plane)));
        int groups = (x.channels + atOnce - 1) / atOnce;
        Channels.forEach(x.samples * groups, COST * atOnce * plane, index -> {
            int first = index % groups * atOnce;
            group.run(index / groups, first, Math.min(atOnce, x.channels - first));
        });
    }

    /**
     * The maxima of windows of one element after the other at every place of the image, as if the stride were 1, and of
     * those the ones that are wanted. That is faster than to compute only these, since the compiler vectorizes it.
     *
     * @param from where the first channel is
     * @return the scratch row of the thread
     */
    private static float[] maxima(Operand x, Operand y, Window window, int from, int channels) {
        int plane = x.height * x.width;
        int pooled = y.height * y.width;
        int count = channels * plane;
        Scratch scratch = Scratch.get();
        float[] largest = scratch.plane(count);
        float[] other = scratch.row(count);
        x.get(from, largest, count);
        for (int p = 1; p < window.kernelHeight(); p++) {
            int behind = p * x.width;
            x.get(from + behind, other, count - behind);
            raise(largest, other, count - behind);
        }
        if (window.kernelWidth() > 1) {
            // A kernel of two columns reads them before it raises them.
            float[] columns = largest;
            if (window.kernelWidth() > 2) {
                columns = scratch.lane(count);
                System.arraycopy(largest, 0, columns, 0, count);
            }
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
        return other;
    }

    private static void raise(float[] largest, float[] values, int n) {
        for (int i = 0; i < n; i++) {
            largest[i] = Math.max(largest[i], values[i]);
        }
    }

    /** Keeps the largest element so far. */
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

    public static void backward(Operand x, Operand dY, Operand dX, Window window) {
        Taps.requireInside(x, dY, window);
        if (isDense(x, dY, window)) {
            seek(x, dY, dX, window);
        } else {
            remember(x, dY, dX, window);
        }
    }

    /** Computes the maxima again, then looks for the first element that is as large. */
    private static void seek(Operand x, Operand dY, Operand dX, Window window) {
        int plane = x.height * x.width;
        int pooled = dY.height * dY.width;
        forEachGroup(x, (n, first, channels) -> {
            int from = n * x.sampleStride + first * plane;
            float[] largest = maxima(x, dY, window, from, channels);
            Scratch scratch = Scratch.get();
            float[] values = scratch.plane(channels * plane);
            int[] winner = scratch.indices(channels * pooled);
            x.get(from, values, channels * plane);
            for (int p = window.kernelHeight() - 1; p >= 0; p--) {
                for (int q = window.kernelWidth() - 1; q >= 0; q--) {
                    for (int row = 0; row < channels * dY.height; row++) {
                        int c = row / dY.height;
                        int i = row - c * dY.height;
                        int place = c * plane + (i * window.strideHeight() + p) * x.width + q;
                        claim(values, place, window.strideWidth(), largest, row * dY.width, winner, dY.width);
                    }
                }
            }
            float[] gradient = scratch.lane(channels * pooled);
            dY.get(n * dY.sampleStride + first * pooled, gradient, channels * pooled);
            for (int i = 0; i < channels * pooled; i++) {
                if (Float.isNaN(largest[i])) {
                    winner[i] = lastNaN(values, winner[i], x.width, window);
                }
            }
            Arrays.fill(values, 0, channels * plane, 0);
            for (int i = 0; i < channels * pooled; i++) {
                values[winner[i]] += gradient[i];
            }
            dX.put(n * dX.sampleStride + first * plane, values, channels * plane);
        });
    }

    /** Notes the places whose values are not below the largest of their windows. */
    private static void claim(float[] values, int place, int step, float[] largest, int at, int[] winner, int count) {
        for (int j = 0; j < count; j++) {
            int here = place + j * step;
            winner[at + j] = values[here] < largest[at + j] ? winner[at + j] : here;
        }
    }

    /**
     * Finds the last NaN in the window that starts at a place and has one, which is where PyTorch sends the gradient.
     */
    private static int lastNaN(float[] values, int start, int width, Window window) {
        for (int p = window.kernelHeight() - 1; p >= 0; p--) {
            for (int q = window.kernelWidth() - 1; q >= 0; q--) {
                if (Float.isNaN(values[start + p * width + q])) {
                    return start + p * width + q;
                }
            }
        }
        return start;
    }

    /** Keeps the largest element so far, or the last NaN, and its place. */
    private static void remember(Operand x, Operand dY, Operand dX, Window window) {
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
                    if (winner[to + j] < 0 || value > best || Float.isNaN(value)) {
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
