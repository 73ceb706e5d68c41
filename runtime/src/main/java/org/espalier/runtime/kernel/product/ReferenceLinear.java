package org.espalier.runtime.kernel.product;

import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Linear layers and bias gradients in plain loops of double arithmetic. x is [batch, …, in], W is [out, in]; rows lie
 * along the last axis.
 */
public final class ReferenceLinear {
    private ReferenceLinear() {}

    /** y[n, o] = b[o] + Σ_i x[n, i] W[o, i]. */
    public static void forward(INDArray xArray, INDArray weight, @Nullable INDArray bias, INDArray y) {
        Operand shape = Operand.of(weight);
        int out = shape.samples;
        int in = shape.sampleSize;
        double[] x = Operand.of(xArray).read();
        double[] W = shape.read();
        double[] b = bias == null ? new double[out] : Operand.of(bias).read();
        double[] to = new double[Operand.of(y).size()];
        for (int n = 0; n < to.length / out; n++) {
            for (int o = 0; o < out; o++) {
                double sum = b[o];
                for (int i = 0; i < in; i++) {
                    sum += x[n * in + i] * W[o * in + i];
                }
                to[n * out + o] = sum;
            }
        }
        Operand.of(y).write(to);
    }

    /** dX[n, i] = Σ_o dY[n, o] W[o, i]. */
    public static void backwardInput(INDArray dYArray, INDArray weight, INDArray dX) {
        Operand shape = Operand.of(weight);
        int out = shape.samples;
        int in = shape.sampleSize;
        double[] dY = Operand.of(dYArray).read();
        double[] W = shape.read();
        double[] to = new double[Operand.of(dX).size()];
        for (int n = 0; n < dY.length / out; n++) {
            for (int o = 0; o < out; o++) {
                for (int i = 0; i < in; i++) {
                    to[n * in + i] += dY[n * out + o] * W[o * in + i];
                }
            }
        }
        Operand.of(dX).write(to);
    }

    /** dW[o, i] = Σ_n dY[n, o] x[n, i]. */
    public static void backwardWeight(INDArray xArray, INDArray dYArray, INDArray dW, boolean accumulate) {
        Operand shape = Operand.of(dW);
        int out = shape.samples;
        int in = shape.sampleSize;
        double[] x = Operand.of(xArray).read();
        double[] dY = Operand.of(dYArray).read();
        double[] to = new double[shape.size()];
        for (int n = 0; n < dY.length / out; n++) {
            for (int o = 0; o < out; o++) {
                for (int i = 0; i < in; i++) {
                    to[o * in + i] += dY[n * out + o] * x[n * in + i];
                }
            }
        }
        shape.write(to, accumulate);
    }

    /** db[o] = Σ_n dY[n, o]. */
    public static void backwardBias(INDArray dYArray, INDArray db, boolean accumulate) {
        double[] dY = Operand.of(dYArray).read();
        double[] to = new double[Operand.of(db).size()];
        for (int i = 0; i < dY.length; i++) {
            to[i % to.length] += dY[i];
        }
        Operand.of(db).write(to, accumulate);
    }

    /** db[c] = Σ over batch and space of dY[n, c, …]. */
    public static void backwardChannelBias(INDArray dYArray, INDArray db, boolean accumulate) {
        Operand shape = Operand.of(dYArray);
        int plane = shape.height * shape.width;
        double[] dY = shape.read();
        double[] to = new double[shape.channels];
        for (int i = 0; i < dY.length; i++) {
            to[i / plane % shape.channels] += dY[i];
        }
        Operand.of(db).write(to, accumulate);
    }
}
