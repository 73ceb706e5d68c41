package org.espalier.runtime.kernel.pooling;

import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Max pooling in plain loops of double arithmetic. */
public final class ReferenceMaxPool {
    private ReferenceMaxPool() {}

    /** y[n, c, i, j] = the largest x[n, c, …] of the window, or NaN if one is NaN. */
    public static void forward(INDArray xArray, INDArray yArray, Window window) {
        Operand y = Operand.of(yArray);
        double[] x = Operand.of(xArray).read();
        double[] to = new double[y.size()];
        for (int i = 0; i < to.length; i++) {
            to[i] = x[largest(x, Operand.of(xArray), y, i, window)];
        }
        y.write(to);
    }

    /** dX[n, c, …] = Σ of the dY whose window has its first largest element there. */
    public static void backward(INDArray xArray, INDArray dYArray, INDArray dX, Window window) {
        double[] x = Operand.of(xArray).read();
        double[] dY = Operand.of(dYArray).read();
        double[] to = new double[x.length];
        for (int i = 0; i < dY.length; i++) {
            to[largest(x, Operand.of(xArray), Operand.of(dYArray), i, window)] += dY[i];
        }
        Operand.of(dX).write(to);
    }

    /**
     * Finds the index of the first largest element in the window of an output element, or of the last NaN if there is
     * one, as PyTorch does.
     */
    static int largest(double[] values, Operand x, Operand y, int element, Window window) {
        int column = element % y.width;
        int row = element / y.width % y.height;
        int plane = element / (y.width * y.height);
        int best = -1;
        for (int p = 0; p < window.kernelRows(); p++) {
            int i = Taps.row(x, y, window, p, row);
            for (int q = 0; q < window.kernelWidth(); q++) {
                int j = column * window.strideWidth() - window.paddingWidth() + q * window.dilationWidth();
                if (i >= 0 && j >= 0 && j < x.width) {
                    int at = (plane * x.height + i) * x.width + j;
                    if (best < 0 || values[at] > values[best] || Double.isNaN(values[at])) {
                        best = at;
                    }
                }
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("the pooling window at row " + row + ", column " + column
                    + " lies in the padding alone: " + window);
        }
        return best;
    }
}
