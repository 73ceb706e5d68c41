package org.espalier.runtime.kernel.pooling;

import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;

/** The largest element of each part of an image or volume that is cut into as many parts as another has elements. */
public final class AdaptiveMaxPoolKernel {
    private AdaptiveMaxPoolKernel() {}

    /** y[n, c, …] = the largest element of its part of x[n, c], or NaN if one is NaN. */
    public static void forward(Operand x, Operand y) {
        int plane = x.height * x.width;
        int pooled = y.height * y.width;
        Channels.forEach(x.samples * x.channels, plane, index -> {
            double[] values = new double[plane];
            double[] largest = new double[pooled];
            x.get(start(x, index), values);
            for (int i = 0; i < pooled; i++) {
                largest[i] = values[largest(values, x, y, i)];
            }
            y.put(start(y, index), largest);
        });
    }

    /** dX = Σ of the dY whose part has its first largest element there. */
    public static void backward(Operand x, Operand dY, Operand dX) {
        int plane = x.height * x.width;
        int pooled = dY.height * dY.width;
        Channels.forEach(x.samples * x.channels, plane, index -> {
            double[] values = new double[plane];
            double[] gradient = new double[plane];
            double[] given = new double[pooled];
            x.get(start(x, index), values);
            dY.get(start(dY, index), given);
            for (int i = 0; i < pooled; i++) {
                gradient[largest(values, x, dY, i)] += given[i];
            }
            dX.put(start(dX, index), gradient);
        });
    }

    private static int start(Operand operand, int index) {
        return index / operand.channels * operand.sampleStride
                + index % operand.channels * operand.height * operand.width;
    }

    /**
     * Finds the index of the first largest element in the part of x that an element of y pools, or of the last NaN if
     * there is one.
     */
    static int largest(double[] values, Operand x, Operand y, int element) {
        int rows = x.height / x.depth;
        int rowsOfY = y.height / y.depth;
        int column = element % y.width;
        int row = element / y.width % rowsOfY;
        int slice = element / y.width / rowsOfY;
        int best = -1;
        for (int d = from(slice, x.depth, y.depth); d < to(slice, x.depth, y.depth); d++) {
            for (int i = from(row, rows, rowsOfY); i < to(row, rows, rowsOfY); i++) {
                for (int j = from(column, x.width, y.width); j < to(column, x.width, y.width); j++) {
                    int at = (d * rows + i) * x.width + j;
                    if (best < 0 || values[at] > values[best] || Double.isNaN(values[at])) {
                        best = at;
                    }
                }
            }
        }
        return best;
    }

    private static int from(int part, int size, int parts) {
        return (int) ((long) part * size / parts);
    }

    private static int to(int part, int size, int parts) {
        return (int) (((part + 1L) * size + parts - 1) / parts);
    }
}
