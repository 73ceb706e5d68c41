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
            java.util.Arrays.fill(winner, 0, pooled, -1);
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
            java.util.Arrays.fill(values, 0, plane, 0);
            for (int i = 0; i < pooled; i++) {
                values[winner[i]] += largest[i];
            }
            dX.put(n * dX.sampleStride + c * plane, values, plane);
        });
    }
}
