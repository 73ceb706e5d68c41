package org.espalier.runtime.kernel;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images whose elements are each an element of another image, or 0: upsampling and padding. */
final class Spreading {
    /** By row and by column: which of x a row or column of y is; below 0 for none. */
    private final int[] rows;

    private final int[] columns;

    private Spreading(int[] rows, int[] columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** Each row and column so many times. */
    static Spreading nearest(Operand y, int height, int width) {
        return new Spreading(places(y.height, i -> i / height), places(y.width, j -> j / width));
    }

    /** Zeros around the image. */
    static Spreading zeros(Operand x, Operand y, int top, int left) {
        return new Spreading(
                places(y.height, i -> i - top < x.height ? i - top : -1),
                places(y.width, j -> j - left < x.width ? j - left : -1));
    }

    /** The image mirrored at its edges. */
    static Spreading reflect(Operand x, Operand y, int top, int left) {
        return new Spreading(
                places(y.height, i -> mirrored(i - top, x.height)), places(y.width, j -> mirrored(j - left, x.width)));
    }

    private static int mirrored(int place, int size) {
        int inside = Math.abs(place);
        return inside < size ? inside : 2 * (size - 1) - inside;
    }

    /** Its edges repeated. */
    static Spreading replicate(Operand x, Operand y, int top, int left) {
        return new Spreading(
                places(y.height, i -> Math.max(0, Math.min(x.height - 1, i - top))),
                places(y.width, j -> Math.max(0, Math.min(x.width - 1, j - left))));
    }

    private static int[] places(int size, IntUnaryOperator place) {
        int[] places = new int[size];
        Arrays.setAll(places, place);
        return places;
    }

    void forward(INDArray xArray, INDArray yArray) {
        Operand x = Operand.of(xArray);
        Operand y = Operand.of(yArray);
        forEachPlane(x, y, (from, to) -> {
            double[] image = new double[x.height * x.width];
            double[] spread = new double[y.height * y.width];
            x.get(from, image);
            for (int i = 0; i < y.height; i++) {
                for (int j = 0; j < y.width && rows[i] >= 0; j++) {
                    spread[i * y.width + j] = columns[j] < 0 ? 0 : image[rows[i] * x.width + columns[j]];
                }
            }
            y.put(to, spread);
        });
    }

    void backward(INDArray dYArray, INDArray dXArray) {
        Operand dY = Operand.of(dYArray);
        Operand dX = Operand.of(dXArray);
        forEachPlane(dX, dY, (to, from) -> {
            double[] image = new double[dX.height * dX.width];
            double[] spread = new double[dY.height * dY.width];
            dY.get(from, spread);
            for (int i = 0; i < dY.height; i++) {
                for (int j = 0; j < dY.width && rows[i] >= 0; j++) {
                    if (columns[j] >= 0) {
                        image[rows[i] * dX.width + columns[j]] += spread[i * dY.width + j];
                    }
                }
            }
            dX.put(to, image);
        });
    }

    private interface Planes {
        void run(int ofX, int ofY);
    }

    /** Where each channel of each sample begins in both. */
    private static void forEachPlane(Operand x, Operand y, Planes planes) {
        int plane = x.height * x.width;
        int spread = y.height * y.width;
        Channels.forEach(x.samples * x.channels, spread, index -> {
            int n = index / x.channels;
            int c = index % x.channels;
            planes.run(n * x.sampleStride + c * plane, n * y.sampleStride + c * spread);
        });
    }
}
