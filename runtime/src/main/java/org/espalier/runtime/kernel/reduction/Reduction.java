package org.espalier.runtime.kernel.reduction;

import java.util.Arrays;
import org.espalier.runtime.kernel.elementwise.Broadcast;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One number for all that lies along some axes, in double precision. The axes are those along which the result has one
 * element. A sample is one task, so results are the same however many cores there are.
 */
public enum Reduction {
    SUM,
    MEAN,
    MAX,
    MIN,
    PRODUCT,
    LOG_SUM_EXP,
    NORM;

    /** y [batch, …] of x [batch, …]. */
    public void forward(INDArray x, INDArray y) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        Broadcast target = new Broadcast(y, 0, x);
        double count = (double) from.sampleSize / to.sampleSize;
        Channels.forEach(from.samples, from.sampleSize, sample -> {
            double[] result = start(to.sampleSize);
            if (this == LOG_SUM_EXP) {
                double[] largest = MAX.start(to.sampleSize);
                MAX.gather(from, target, sample, largest, largest);
                for (int i = 0; i < largest.length; i++) {
                    largest[i] = Double.isInfinite(largest[i]) ? 0 : largest[i];
                }
                gather(from, target, sample, result, largest);
                for (int i = 0; i < result.length; i++) {
                    result[i] = largest[i] + Math.log(result[i]);
                }
            } else {
                gather(from, target, sample, result, result);
                finish(result, count);
            }
            to.put(sample * to.sampleStride, result);
        });
    }

    private double[] start(int size) {
        double[] start = new double[size];
        Arrays.fill(
                start,
                switch (this) {
                    case SUM, MEAN, LOG_SUM_EXP, NORM -> 0;
                    case PRODUCT -> 1;
                    case MAX -> Double.NEGATIVE_INFINITY;
                    case MIN -> Double.POSITIVE_INFINITY;
                });
        return start;
    }

    private void finish(double[] result, double count) {
        if (this == MEAN || this == NORM) {
            for (int i = 0; i < result.length; i++) {
                result[i] = this == MEAN ? result[i] / count : Math.sqrt(result[i]);
            }
        }
    }

    private void gather(Operand from, Broadcast target, int sample, double[] result, double[] largest) {
        for (int start = 0; start < from.sampleSize; start += Scratch.BLOCK) {
            double[] block = new double[Math.min(Scratch.BLOCK, from.sampleSize - start)];
            from.get(sample * from.sampleStride + start, block);
            int first = sample * result.length;
            target.forEach(
                    sample,
                    start,
                    block.length,
                    (at, place, step, length) -> add(block, at, result, largest, place - first, step, length));
        }
    }

    private void add(double[] x, int at, double[] result, double[] largest, int place, int step, int length) {
        switch (this) {
            case SUM, MEAN -> {
                for (int i = 0; i < length; i++) {
                    result[place + step * i] += x[at + i];
                }
            }
            case MAX -> {
                for (int i = 0; i < length; i++) {
                    result[place + step * i] = Math.max(result[place + step * i], x[at + i]);
                }
            }
            case MIN -> {
                for (int i = 0; i < length; i++) {
                    result[place + step * i] = Math.min(result[place + step * i], x[at + i]);
                }
            }
            case PRODUCT -> {
                for (int i = 0; i < length; i++) {
                    result[place + step * i] *= x[at + i];
                }
            }
            case LOG_SUM_EXP -> {
                for (int i = 0; i < length; i++) {
                    result[place + step * i] += Math.exp(x[at + i] - largest[place + step * i]);
                }
            }
            case NORM -> {
                for (int i = 0; i < length; i++) {
                    result[place + step * i] += x[at + i] * x[at + i];
                }
            }
        }
    }

    /** Divides dY among the elements that are as large as the extremum y; of NaN it is NaN. */
    public static void extremumBackward(INDArray x, INDArray y, INDArray dY, INDArray dX) {
        backward(x, y, dY, dX, (values, places, extrema, gradients, result) -> {
            int[] equal = new int[extrema.length];
            for (int i = 0; i < values.length; i++) {
                equal[places[i]] += values[i] == extrema[places[i]] ? 1 : 0;
            }
            for (int i = 0; i < values.length; i++) {
                int place = places[i];
                double none = Double.isNaN(extrema[place]) ? Double.NaN : 0;
                result[i] = values[i] == extrema[place] ? gradients[place] / equal[place] : none;
            }
        });
    }

    /** dX is dY times the product of the other elements. */
    public static void productBackward(INDArray x, INDArray y, INDArray dY, INDArray dX) {
        backward(x, y, dY, dX, (values, places, products, gradients, result) -> {
            int[] zeros = new int[products.length];
            double[] others = new double[products.length];
            Arrays.fill(others, 1);
            for (int i = 0; i < values.length; i++) {
                zeros[places[i]] += values[i] == 0 ? 1 : 0;
                others[places[i]] *= values[i] == 0 ? 1 : values[i];
            }
            for (int i = 0; i < values.length; i++) {
                int place = places[i];
                double rest = values[i] == 0 ? others[place] : others[place] / values[i];
                boolean vanishes = zeros[place] > (values[i] == 0 ? 1 : 0);
                result[i] = gradients[place] * (vanishes ? 0 : rest);
            }
        });
    }

    /** The gradient of one sample. */
    private interface Gradient {
        /**
         * Computes it.
         *
         * @param places for each element of x the element of y that it went into
         */
        void of(double[] x, int[] places, double[] y, double[] dY, double[] dX);
    }

    private static void backward(INDArray x, INDArray y, INDArray dY, INDArray dX, Gradient gradient) {
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        Operand upstream = Operand.of(dY);
        Operand result = Operand.of(dX);
        Broadcast target = new Broadcast(y, 0, x);
        Channels.forEach(from.samples, from.sampleSize, sample -> {
            int[] places = new int[from.sampleSize];
            int first = sample * to.sampleSize;
            target.forEach(sample, 0, from.sampleSize, (at, place, step, length) -> {
                for (int i = 0; i < length; i++) {
                    places[at + i] = place - first + step * i;
                }
            });
            double[] values = new double[from.sampleSize];
            double[] reduced = new double[to.sampleSize];
            double[] gradients = new double[to.sampleSize];
            double[] computed = new double[from.sampleSize];
            from.get(sample * from.sampleStride, values);
            to.get(sample * to.sampleStride, reduced);
            upstream.get(sample * upstream.sampleStride, gradients);
            gradient.of(values, places, reduced, gradients, computed);
            result.put(sample * result.sampleStride, computed);
        });
    }
}
