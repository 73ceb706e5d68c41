package org.espalier.runtime.kernel.elementwise;

import java.util.function.IntToDoubleFunction;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;

/** Kernels of layers whose elements are multiplied by random numbers, in double arithmetic. */
public final class RandomLayers {
    /** −λα of SELU: what it makes of numbers far below 0. */
    private static final double ALPHA = -1.7580993408473766;

    private RandomLayers() {}

    /** The result of an element, from it and what it is multiplied by. */
    private interface Result {
        double of(double x, double factor);
    }

    /**
     * An element becomes α with probability p, and then a of it and b, which bring mean and variance back: a = ((1 −
     * p)(1 + p α²))^(−1/2), b = −a α p.
     *
     * @param mask receives a where an element is kept, else 0; as large as x, or an element for each of its channels
     */
    public static void alphaDropout(Operand x, Operand mask, Operand y, double p, RandomStream random) {
        double a = 1 / Math.sqrt((1 - p) * (1 + p * ALPHA * ALPHA));
        double b = -a * ALPHA * p;
        long first = random.take(mask.size());
        multiplied(
                x,
                mask,
                y,
                i -> RandomStream.isBelow(p, first + i * RandomStream.STEP) ? 0 : a,
                (value, factor) -> factor == 0 ? a * ALPHA + b : a * value + b);
    }

    /**
     * x above 0, else x times a number from [lower, upper).
     *
     * @param slope receives 1 or that number
     */
    public static void rrelu(
            Operand x, Operand slope, Operand y, double lower, double upper, boolean training, RandomStream random) {
        long first = training ? random.take(x.size()) : 0;
        double middle = (lower + upper) / 2;
        Channels.forEach(x.samples, x.sampleSize, n -> {
            double[] values = new double[x.sampleSize];
            double[] slopes = new double[x.sampleSize];
            x.get(n * x.sampleStride, values);
            for (int i = 0; i < values.length; i++) {
                long state = first + (n * (long) x.sampleSize + i) * RandomStream.STEP;
                double share = (RandomStream.mix(state) >>> 11) * 0x1.0p-53;
                double drawn = training ? lower + (upper - lower) * share : middle;
                slopes[i] = values[i] > 0 ? 1 : drawn;
                values[i] *= slopes[i];
            }
            slope.put(n * slope.sampleStride, slopes);
            y.put(n * y.sampleStride, values);
        });
    }

    /** dX = dY · slope. */
    public static void rreluBackward(Operand slope, Operand dY, Operand dX) {
        Channels.forEach(dX.samples, dX.sampleSize, n -> {
            double[] values = new double[dX.sampleSize];
            double[] slopes = new double[dX.sampleSize];
            dY.get(n * dY.sampleStride, values);
            slope.get(n * slope.sampleStride, slopes);
            for (int i = 0; i < values.length; i++) {
                values[i] *= slopes[i];
            }
            dX.put(n * dX.sampleStride, values);
        });
    }

    private static void multiplied(Operand x, Operand mask, Operand y, IntToDoubleFunction drawn, Result result) {
        int each = x.sampleSize / mask.sampleSize;
        Channels.forEach(x.samples, x.sampleSize, n -> {
            double[] values = new double[x.sampleSize];
            double[] factors = new double[mask.sampleSize];
            x.get(n * x.sampleStride, values);
            for (int i = 0; i < factors.length; i++) {
                factors[i] = drawn.applyAsDouble(n * mask.sampleSize + i);
            }
            for (int i = 0; i < values.length; i++) {
                values[i] = result.of(values[i], factors[i / each]);
            }
            mask.put(n * mask.sampleStride, factors);
            y.put(n * y.sampleStride, values);
        });
    }
}
