package org.espalier.runtime.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Average pooling: each element of y is the mean of a rectangle of x. */
final class AvgPool {
    private AvgPool() {}

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
                span.to[i] = Math.min(size, start + kernel);
                span.count[i] = countsPadding ? kernel : span.to[i] - span.from[i];
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

    /** The rows and columns of x that the rows and columns of y are made of. */
    record Spans(Span rows, Span columns) {
        /** Those of a sliding window. */
        static Spans of(Operand x, Operand y, Window window, boolean countsPadding) {
            return new Spans(
                    Span.window(
                            x.height,
                            y.height,
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
                            countsPadding));
        }

        /** Those that cut x into as many parts as y has elements. */
        static Spans of(Operand x, Operand y) {
            return new Spans(Span.part(x.height, y.height), Span.part(x.width, y.width));
        }

        private int count(int row, int column) {
            return rows.count[row] * columns.count[column];
        }
    }

    static void forward(INDArray x, INDArray y, Spans spans) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        int plane = from.height * from.width;
        int pooled = to.height * to.width;
        if (from.isFloat) {
            Channels.forEach(from.samples * from.channels, plane, index -> {
                int n = index / from.channels;
                int c = index % from.channels;
                Scratch scratch = Scratch.get();
                float[] values = scratch.plane(plane);
                float[] means = scratch.row(pooled);
                from.get(n * from.sampleStride + c * plane, values, plane);
                for (int i = 0; i < pooled; i++) {
                    means[i] = (float) mean(values, from.width, spans, i / to.width, i % to.width);
                }
                to.put(n * to.sampleStride + c * pooled, means, pooled);
            });
            return;
        }
        double[] values = from.read();
        double[] means = new double[to.size()];
        forEach(from, to, spans, (at, i, count) -> means[i] += values[at] / count);
        to.write(means);
    }

    private static double mean(float[] values, int width, Spans spans, int row, int column) {
        double sum = 0;
        for (int i = spans.rows.from[row]; i < spans.rows.to[row]; i++) {
            for (int j = spans.columns.from[column]; j < spans.columns.to[column]; j++) {
                sum += values[i * width + j];
            }
        }
        return sum / spans.count(row, column);
    }

    static void backward(INDArray dY, INDArray dX, Spans spans) {
        Operand from = Operand.of(dY);
        Operand to = Operand.of(dX);
        int plane = to.height * to.width;
        int pooled = from.height * from.width;
        if (from.isFloat) {
            Channels.forEach(from.samples * from.channels, plane, index -> {
                int n = index / from.channels;
                int c = index % from.channels;
                Scratch scratch = Scratch.get();
                float[] gradients = scratch.plane(plane);
                float[] given = scratch.row(pooled);
                from.get(n * from.sampleStride + c * pooled, given, pooled);
                java.util.Arrays.fill(gradients, 0, plane, 0);
                for (int i = 0; i < pooled; i++) {
                    spread(given[i], gradients, to.width, spans, i / from.width, i % from.width);
                }
                to.put(n * to.sampleStride + c * plane, gradients, plane);
            });
            return;
        }
        double[] given = from.read();
        double[] gradients = new double[to.size()];
        forEach(to, from, spans, (at, i, count) -> gradients[at] += given[i] / count);
        to.write(gradients);
    }

    private static void spread(float given, float[] gradients, int width, Spans spans, int row, int column) {
        float share = given / spans.count(row, column);
        for (int i = spans.rows.from[row]; i < spans.rows.to[row]; i++) {
            for (int j = spans.columns.from[column]; j < spans.columns.to[column]; j++) {
                gradients[i * width + j] += share;
            }
        }
    }

    /** An element of the image and the element of the pooled image that it is one of {@code count} for. */
    private interface Pair {
        void meet(int at, int pooled, int count);
    }

    private static void forEach(Operand image, Operand pooled, Spans spans, Pair pair) {
        for (int i = 0; i < pooled.size(); i++) {
            int column = i % pooled.width;
            int row = i / pooled.width % pooled.height;
            int plane = i / (pooled.width * pooled.height);
            for (int p = spans.rows.from[row]; p < spans.rows.to[row]; p++) {
                for (int q = spans.columns.from[column]; q < spans.columns.to[column]; q++) {
                    pair.meet((plane * image.height + p) * image.width + q, i, spans.count(row, column));
                }
            }
        }
    }
}
