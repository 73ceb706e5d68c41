package org.espalier.inference.forward;

import java.util.Arrays;
import org.espalier.inference.curve.FastExponential;
import org.espalier.inference.tensor.FloatTensor;
import org.espalier.inference.tensor.ParallelLoop;
import org.espalier.inference.tensor.Repetition;
import org.espalier.inference.tensor.ScratchArrays;

/** One number for all that lies along some axes, and softmax along one. */
public final class ForwardReduction {
    private ForwardReduction() {}

    /** Takes in an element: the new sum from the old one. */
    private interface Accumulation {
        double next(double sum, double x);
    }

    /** Σ x. */
    public static void sum(FloatTensor x, FloatTensor y) {
        reduce(x, y, 0, (sum, v) -> sum + v, 1);
    }

    /** Σ x / n. */
    public static void mean(FloatTensor x, FloatTensor y) {
        reduce(x, y, 0, (sum, v) -> sum + v, (double) y.elements / x.elements);
    }

    /** The largest; NaN if one is. */
    public static void max(FloatTensor x, FloatTensor y) {
        reduce(x, y, Double.NEGATIVE_INFINITY, Math::max, 1);
    }

    /** The smallest; NaN if one is. */
    public static void min(FloatTensor x, FloatTensor y) {
        reduce(x, y, Double.POSITIVE_INFINITY, Math::min, 1);
    }

    /** Π x. */
    public static void product(FloatTensor x, FloatTensor y) {
        reduce(x, y, 1, (product, v) -> product * v, 1);
    }

    /** √Σ x². */
    public static void norm(FloatTensor x, FloatTensor y) {
        forEachSample(x, y, (sample, places) -> {
            double[] sums = reduced(x, y, sample, places, 0, (sum, v) -> sum + v * v);
            Arrays.setAll(sums, i -> Math.sqrt(sums[i]));
            write(sums, y, sample);
        });
    }

    /** ln Σ eˣ. */
    public static void logSumExp(FloatTensor x, FloatTensor y) {
        forEachSample(x, y, (sample, places) -> {
            double[] largest = reduced(x, y, sample, places, Double.NEGATIVE_INFINITY, Math::max);
            Arrays.setAll(largest, i -> Double.isInfinite(largest[i]) ? 0 : largest[i]);
            double[] sums = new double[y.elements];
            Place add = (i, place) -> sums[place] += Math.exp(x.data()[x.at(sample) + i] - largest[place]);
            forEach(places, x, sample, add, y);
            Arrays.setAll(sums, i -> Math.log(sums[i]) + largest[i]);
            write(sums, y, sample);
        });
    }

    private interface Sample {
        void run(int sample, Repetition places);
    }

    private interface Place {
        void at(int i, int place);
    }

    private static void forEachSample(FloatTensor x, FloatTensor y, Sample run) {
        Repetition places = new Repetition(y, x, 0);
        ParallelLoop.forEach(x.samples, 4L * x.samples * x.elements, sample -> run.run(sample, places));
    }

    private static void reduce(FloatTensor x, FloatTensor y, double begin, Accumulation accumulation, double factor) {
        forEachSample(x, y, (sample, places) -> {
            double[] sums = reduced(x, y, sample, places, begin, accumulation);
            for (int i = 0; i < sums.length; i++) {
                sums[i] *= factor;
            }
            write(sums, y, sample);
        });
    }

    private static double[] reduced(
            FloatTensor x, FloatTensor y, int sample, Repetition places, double begin, Accumulation accumulation) {
        double[] sums = new double[y.elements];
        Arrays.fill(sums, begin);
        forEach(
                places,
                x,
                sample,
                (i, place) -> sums[place] = accumulation.next(sums[place], x.data()[x.at(sample) + i]),
                y);
        return sums;
    }

    /** Visits the elements of a sample of x, with the place in y that each belongs to. */
    private static void forEach(Repetition places, FloatTensor x, int sample, Place visit, FloatTensor y) {
        int first = y.at(sample);
        for (int i = 0; i < x.elements; i += places.run) {
            int place = places.start(sample, i / places.run) - first;
            for (int k = 0; k < places.run; k++) {
                visit.at(i + k, places.isConstant() ? place : place + k);
            }
        }
    }

    private static void write(double[] sums, FloatTensor y, int sample) {
        for (int i = 0; i < sums.length; i++) {
            y.data()[y.at(sample) + i] = (float) sums[i];
        }
    }

    /** Softmax, or its logarithm, along an axis. */
    public static void softmax(FloatTensor x, FloatTensor y, int axis, boolean log) {
        int first = x.batched ? axis - 1 : axis;
        int length = x.sizes[first];
        int inner = 1;
        for (int i = first + 1; i < x.sizes.length; i++) {
            inner *= x.sizes[i];
        }
        int step = inner;
        int lines = x.elements / length;
        ParallelLoop.forEach(x.samples * lines, 20L * x.samples * x.elements, turn -> {
            int line = turn % lines;
            int start = line / step * length * step + line % step;
            float[] values = ScratchArrays.take(length);
            int from = x.at(turn / lines) + start;
            for (int i = 0; i < length; i++) {
                values[i] = x.data()[from + i * step];
            }
            softmax(values, length, log);
            int to = y.at(turn / lines) + start;
            for (int i = 0; i < length; i++) {
                y.data()[to + i * step] = values[i];
            }
            ScratchArrays.give(values);
        });
    }

    private static void softmax(float[] values, int n, boolean log) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, values[i]);
        }
        for (int i = 0; i < n; i++) {
            values[i] -= largest;
        }
        float[] e = log ? Arrays.copyOf(values, n) : values;
        FastExponential.exp(e, n);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += e[i];
        }
        float part = (float) (log ? Math.log(sum) : 1 / sum);
        for (int i = 0; i < n; i++) {
            values[i] = log ? values[i] - part : values[i] * part;
        }
    }

    private static boolean isHidden(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            if (values[i] != Float.NEGATIVE_INFINITY) {
                return false;
            }
        }
        return true;
    }

    /** Softmax of scaled rows, of all of a row or up to the place of the row among the queries. */
    public static void attentionWeights(FloatTensor x, FloatTensor y, float scale, boolean causal) {
        int keys = x.last();
        int queries = x.sizes[x.sizes.length - 2];
        int rows = x.elements / keys;
        ParallelLoop.forEach(x.samples * rows, 20L * x.samples * x.elements, turn -> {
            int row = turn % rows;
            int seen = causal ? Math.min(keys, row % queries + 1) : keys;
            float[] values = ScratchArrays.take(keys);
            int from = x.at(turn / rows) + row * keys;
            for (int i = 0; i < seen; i++) {
                values[i] = scale * x.data()[from + i];
            }
            // Of a row whose keys are all hidden, −∞, nothing is seen.
            int counted = isHidden(values, seen) ? 0 : seen;
            softmax(values, counted, false);
            Arrays.fill(values, counted, keys, 0);
            System.arraycopy(values, 0, y.data(), y.at(turn / rows) + row * keys, keys);
            ScratchArrays.give(values);
        });
    }
}
