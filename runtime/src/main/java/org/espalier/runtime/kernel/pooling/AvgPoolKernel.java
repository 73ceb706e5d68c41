package org.espalier.runtime.kernel.pooling;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.window.Window;

/** Average pooling: each element of y is the mean of a rectangle or box of x. */
public final class AvgPoolKernel {
    private AvgPoolKernel() {}

    /**
     * Along one axis, the elements of x from {@code from[i]} to {@code to[i]} (exclusive) that element i of y is the
     * mean of, and as how many they count.
     */
    private static final class Span {
        private final int[] from;
        private final int[] to;
        private final int[] count;

        private Span(int pooled) {
            from = new int[pooled];
            to = new int[pooled];
            count = new int[pooled];
        }

        static Span window(int size, int pooled, int kernel, int stride, int padding, boolean countsPadding) {
            Span span = new Span(pooled);
            for (int i = 0; i < pooled; i++) {
                int start = i * stride - padding;
                span.from[i] = Math.max(0, start);
                long end = (long) start + kernel;
                span.to[i] = (int) Math.min(size, end);
                // The last window may reach beyond the padding, which nothing counts (PyTorch's ceil_mode).
                span.count[i] =
                        countsPadding ? (int) (Math.min(size + padding, end) - start) : span.to[i] - span.from[i];
            }
            return span;
        }

        static Span part(int size, int pooled) {
            Span span = new Span(pooled);
            for (int i = 0; i < pooled; i++) {
                span.from[i] = (int) ((long) i * size / pooled);
                span.to[i] = (int) (((i + 1L) * size + pooled - 1) / pooled);
                span.count[i] = span.to[i] - span.from[i];
            }
            return span;
        }
    }

    /**
     * The slices, rows and columns of x that those of y are made of.
     *
     * @param divisor what sums are divided by, 0 for as many elements as count
     */
    public record Spans(Span slices, Span rows, Span columns, int divisor) {
        /** Those of a sliding window. */
        public static Spans of(Operand x, Operand y, Window window, boolean countsPadding) {
            return new Spans(
                    Span.window(
                            x.depth,
                            y.depth,
                            window.kernel().depth(),
                            window.stride().depth(),
                            window.padding().depth(),
                            countsPadding),
                    Span.window(
                            x.height / x.depth,
                            y.height / y.depth,
                            window.kernelHeight(),
                            window.strideHeight(),
                            window.paddingHeight(),
                            countsPadding),
                    Span.window(
                            x.width,
                            y.width,
                            window.kernelWidth(),
                            window.strideWidth(),
                            window.paddingWidth(),
                            countsPadding),
                    0);
        }

        /** Those that cut x into as many parts as y has elements. */
        public static Spans of(Operand x, Operand y) {
            return new Spans(
                    Span.part(x.depth, y.depth),
                    Span.part(x.height / x.depth, y.height / y.depth),
                    Span.part(x.width, y.width),
                    0);
        }

        /** The same, with sums divided by a number. */
        public Spans dividedBy(int newDivisor) {
            return new Spans(slices, rows, columns, newDivisor);
        }

        private int count(int slice, int row, int column) {
            return divisor > 0 ? divisor : slices.count[slice] * rows.count[row] * columns.count[column];
        }
    }

    /** Means of floats, a plane at a time. */
    public static void forward(Operand from, Operand to, Spans spans) {
        int plane = from.height * from.width;
        int pooled = to.height * to.width;
        Channels.forEach(from.samples * from.channels, plane, index -> {
            int n = index / from.channels;
            int c = index % from.channels;
            Scratch scratch = Scratch.get();
            float[] values = scratch.plane(plane);
            float[] means = scratch.row(pooled);
            from.get(n * from.sampleStride + c * plane, values, plane);
            int rows = spans.rows.count.length;
            for (int row = 0; row < to.height; row++) {
                for (int column = 0; column < to.width; column++) {
                    means[row * to.width + column] = (float) mean(values, from, spans, row / rows, row % rows, column);
                }
            }
            to.put(n * to.sampleStride + c * pooled, means, pooled);
        });
    }

    /** The same of doubles, by the definition. */
    public static void reference(Operand from, Operand to, Spans spans) {
        double[] values = from.read();
        double[] means = new double[to.size()];
        forEach(from, to, spans, (at, i, count) -> means[i] += values[at] / count);
        to.write(means);
    }

    private static double mean(float[] values, Operand x, Spans spans, int slice, int row, int column) {
        int rows = x.height / x.depth;
        double sum = 0;
        for (int d = spans.slices.from[slice]; d < spans.slices.to[slice]; d++) {
            for (int i = spans.rows.from[row]; i < spans.rows.to[row]; i++) {
                int at = (d * rows + i) * x.width;
                for (int j = spans.columns.from[column]; j < spans.columns.to[column]; j++) {
                    sum += values[at + j];
                }
            }
        }
        return sum / spans.count(slice, row, column);
    }

    /** Gradients of floats, a plane at a time. */
    public static void backward(Operand from, Operand to, Spans spans) {
        int plane = to.height * to.width;
        int pooled = from.height * from.width;
        Channels.forEach(from.samples * from.channels, plane, index -> {
            int n = index / from.channels;
            int c = index % from.channels;
            Scratch scratch = Scratch.get();
            float[] gradients = scratch.plane(plane);
            float[] given = scratch.row(pooled);
            from.get(n * from.sampleStride + c * pooled, given, pooled);
            Arrays.fill(gradients, 0, plane, 0);
            int rows = spans.rows.count.length;
            for (int row = 0; row < from.height; row++) {
                for (int column = 0; column < from.width; column++) {
                    float dMean = given[row * from.width + column];
                    spread(dMean, gradients, to, spans, row / rows, row % rows, column);
                }
            }
            to.put(n * to.sampleStride + c * plane, gradients, plane);
        });
    }

    /** The same of doubles, by the definition. */
    public static void referenceBackward(Operand from, Operand to, Spans spans) {
        double[] given = from.read();
        double[] gradients = new double[to.size()];
        forEach(to, from, spans, (at, i, count) -> gradients[at] += given[i] / count);
        to.write(gradients);
    }

    private static void spread(float given, float[] dX, Operand x, Spans spans, int slice, int row, int column) {
        int rows = x.height / x.depth;
        float share = given / spans.count(slice, row, column);
        for (int d = spans.slices.from[slice]; d < spans.slices.to[slice]; d++) {
            for (int i = spans.rows.from[row]; i < spans.rows.to[row]; i++) {
                int at = (d * rows + i) * x.width;
                for (int j = spans.columns.from[column]; j < spans.columns.to[column]; j++) {
                    dX[at + j] += share;
                }
            }
        }
    }

    /** An element of the image and the element of the pooled image that it is one of {@code count} for. */
    private interface Pair {
        void meet(int at, int pooled, int count);
    }

    private static void forEach(Operand image, Operand pooled, Spans spans, Pair pair) {
        int imageRows = image.height / image.depth;
        int rows = spans.rows.count.length;
        for (int i = 0; i < pooled.size(); i++) {
            int column = i % pooled.width;
            int row = i / pooled.width % rows;
            int slice = i / (pooled.width * rows) % pooled.depth;
            int plane = i / (pooled.width * pooled.height) * image.depth;
            int count = spans.count(slice, row, column);
            for (int d = spans.slices.from[slice]; d < spans.slices.to[slice]; d++) {
                for (int p = spans.rows.from[row]; p < spans.rows.to[row]; p++) {
                    for (int q = spans.columns.from[column]; q < spans.columns.to[column]; q++) {
                        pair.meet(((plane + d) * imageRows + p) * image.width + q, i, count);
                    }
                }
            }
        }
    }
}
