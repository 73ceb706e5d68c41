package org.espalier.runtime.kernel;

/** Max pooling on floats, a channel at a time. */
final class MaxPool {
    private MaxPool() {}

    static void forward(Operand x, Operand y, Window window) {
        Taps.requireInside(x, y, window);
        int plane = x.height * x.width;
        int pooled = y.height * y.width;
        Channels.forEach(x.samples * x.channels, plane, index -> {
            int n = index / x.channels;
            int c = index % x.channels;
            Scratch scratch = Scratch.get();
            float[] values = scratch.plane(plane);
            float[] largest = scratch.row(pooled);
            x.get(n * x.sampleStride + c * plane, values, plane);
            java.util.Arrays.fill(largest, 0, pooled, Float.NEGATIVE_INFINITY);
            forEachTap(x, y, window, (from, step, to, count) -> {
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
            java.util.Arrays.fill(winner, 0, pooled, -1);
            forEachTap(x, dY, window, (from, step, to, count) -> {
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
            java.util.Arrays.fill(values, 0, plane, 0);
            for (int i = 0; i < pooled; i++) {
                values[winner[i]] += largest[i];
            }
            dX.put(n * dX.sampleStride + c * plane, values, plane);
        });
    }

    /** Elements of x, {@code step} apart, and of y that one element of the window connects. */
    private interface Tap {
        void run(int from, int step, int to, int count);
    }

    private static void forEachTap(Operand x, Operand y, Window window, Tap tap) {
        for (int p = 0; p < window.kernelHeight(); p++) {
            for (int q = 0; q < window.kernelWidth(); q++) {
                int shift = q * window.dilationWidth() - window.paddingWidth();
                int first = Taps.first(shift, window.strideWidth());
                int end = Taps.end(shift, window.strideWidth(), x.width, y.width);
                for (int i = 0; i < y.height && first < end; i++) {
                    int row = i * window.strideHeight() - window.paddingHeight() + p * window.dilationHeight();
                    if (row >= 0 && row < x.height) {
                        tap.run(
                                row * x.width + first * window.strideWidth() + shift,
                                window.strideWidth(),
                                i * y.width + first,
                                end - first);
                    }
                }
            }
        }
    }
}
