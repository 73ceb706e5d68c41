package org.espalier.runtime.kernel.elementwise;

import org.espalier.runtime.kernel.memory.Blocks;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.ForeignMemory;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.memory.Scratch;

/** Elementwise operations on floats. Results may overwrite operands. */
public final class FloatElementwise {
    private FloatElementwise() {}

    /** A loop over the first {@code n} elements. */
    @FunctionalInterface
    public interface Map {
        /** values = f(values). */
        void apply(float[] values, int n);
    }

    /** A loop over the first {@code n} elements of two arrays. */
    @FunctionalInterface
    public interface Zip {
        /** values = f(values, others). */
        void apply(float[] values, float[] others, int n);
    }

    /** y = x taken through some epilogues, block by block. */
    public static void run(Operand x, Operand y, Epilogue... epilogues) {
        boolean flat = x.isContiguous() && y.isContiguous();
        for (Epilogue epilogue : epilogues) {
            flat &= epilogue.isContiguous();
        }
        if (!flat) {
            requireSameSamples(x, y);
        }
        Blocks.forEach(flat ? 1 : x.samples, flat ? x.size() : x.sampleSize, (index, run, from, count, scratch) -> {
            x.get(run * x.sampleStride + from, scratch.a, count);
            for (Epilogue epilogue : epilogues) {
                epilogue.run(scratch.a, run, from, count, scratch.b);
            }
            y.put(run * y.sampleStride + from, scratch.a, count);
        });
        Epilogue.end(epilogues);
    }

    /** The same elements in the same order. */
    public static void copy(Operand from, Operand to) {
        if (from.address != to.address) {
            run(from, to);
        }
    }

    /** So many channels of each sample, from a place in one array to a place in the other. */
    public static void copyChannels(Operand from, int fromChannel, Operand to, int toChannel, int channels) {
        int plane = from.height * from.width;
        int source = fromChannel * plane;
        int target = toChannel * plane;
        if (ForeignMemory.at(from.address, source) == ForeignMemory.at(to.address, target)) {
            return;
        }
        Blocks.forEach(from.samples, channels * plane, (index, run, start, count, scratch) -> {
            from.get(source + run * from.sampleStride + start, scratch.a, count);
            to.put(target + run * to.sampleStride + start, scratch.a, count);
        });
    }

    public static void relu(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = Math.max(values[i], 0);
        }
    }

    public static void reluBackward(float[] dY, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            dY[i] = dY[i] * Math.max(0, step(y[i]));
        }
    }

    /** max and min rather than a condition, which the compiler does not vectorise. */
    public static Map leakyRelu(float slope) {
        if (slope <= 1) {
            return (values, n) -> {
                for (int i = 0; i < n; i++) {
                    values[i] = Math.max(values[i], slope * values[i]);
                }
            };
        }
        return (values, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = Math.min(values[i], slope * values[i]);
            }
        };
    }

    public static Zip leakyReluBackward(float slope) {
        if (slope <= 1) {
            return (dY, y, n) -> {
                for (int i = 0; i < n; i++) {
                    dY[i] = dY[i] * Math.max(slope, step(y[i]));
                }
            };
        }
        return (dY, y, n) -> {
            for (int i = 0; i < n; i++) {
                dY[i] = dY[i] * (slope + (1 - slope) * Math.max(0, step(y[i])));
            }
        };
    }

    /** 1 for positive numbers, the subnormal ones too, at most 0 for others, NaN for NaN. */
    private static float step(float value) {
        return Math.min(1, value * 1e30f * 1e30f);
    }

    /**
     * Within 5e-7 of the value, relatively, in a loop that the compiler vectorises: the first terms of the continued
     * fraction u/(1 + u²/(3 + u²/(5 + u²/(7 + u²/9)))) for u = x/8, as p/q, s being u², then three times tanh 2u =
     * 2pq/(p² + q²). At 12 that is 1, as tanh is for floats from 9.1 on.
     */
    public static void tanh(float[] values, int n) {
        tanh(values, 0, n);
    }

    /** {@link #tanh(float[], int)} of some of the elements. */
    public static void tanh(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            float x = Math.max(-12, Math.min(12, values[i]));
            float s = x * x * (1 / 64f);
            float p = x * (1 + s * (1 / 9f + s * (1 / 945f)));
            float q = 8 + s * (32 / 9f + s * (8 / 63f));
            float p2 = 2 * p * q;
            float q2 = p * p + q * q;
            float p4 = 2 * p2 * q2;
            float q4 = p2 * p2 + q2 * q2;
            values[i] = Math.max(-1, Math.min(1, 2 * p4 * q4 / (p4 * p4 + q4 * q4)));
        }
    }

    /**
     * σ of a gate, within 3e-7 of the value, in a loop that the compiler vectorises: (1 + tanh x/2)/2 with the fraction
     * of {@link #tanh(float[], int)} for tanh x/2, which makes it (p + q)²/(2p² + 2q²). Relatively it is within 2e-6
     * from -5 on, where {@link #sigmoid} loses no digits anywhere.
     */
    public static void gate(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            float x = 0.5f * Math.max(-24, Math.min(24, values[i]));
            float s = x * x * (1 / 64f);
            float p = x * (1 + s * (1 / 9f + s * (1 / 945f)));
            float q = 8 + s * (32 / 9f + s * (8 / 63f));
            float p2 = 2 * p * q;
            float q2 = p * p + q * q;
            float p4 = 2 * p2 * q2;
            float q4 = p2 * p2 + q2 * q2;
            float sum = p4 + q4;
            values[i] = Math.min(1, 0.5f * sum * sum / (p4 * p4 + q4 * q4));
        }
    }

    public static void tanhBackward(float[] dY, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            dY[i] = dY[i] * (1 - y[i] * y[i]);
        }
    }

    /** Within three units in the last place of 1/(1 + exp(−x)). */
    public static void sigmoid(float[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] = -values[i];
        }
        Exponential.exp(values, n);
        for (int i = 0; i < n; i++) {
            values[i] = 1 / (1 + values[i]);
        }
    }

    public static void sigmoidBackward(float[] dY, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            dY[i] = dY[i] * y[i] * (1 - y[i]);
        }
    }

    public static void multiply(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] *= b[i];
        }
    }

    /** y = x · mask, of which there is one element for each channel of each sample. */
    public static void multiplyChannels(Operand x, Operand mask, Operand y) {
        int plane = x.height * x.width;
        Channels.forEach(x.samples * x.channels, plane, index -> {
            float[] values = Scratch.get().plane(plane);
            int n = index / x.channels;
            int offset = index % x.channels * plane;
            float factor = mask.floats().get(index);
            x.get(n * x.sampleStride + offset, values, plane);
            for (int i = 0; i < plane; i++) {
                values[i] *= factor;
            }
            y.put(n * y.sampleStride + offset, values, plane);
        });
    }

    public static void add(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] += b[i];
        }
    }

    public static void subtract(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] -= b[i];
        }
    }

    /** Draws dropout's mask. */
    public static void mask(Operand mask, double p, RandomStream random) {
        long first = random.take(mask.size());
        float kept = (float) (1 / (1 - p));
        Blocks.forEach(1, mask.size(), (index, run, from, count, scratch) -> {
            for (int i = 0; i < count; i++) {
                scratch.a[i] = RandomStream.isBelow(p, first + (from + i) * RandomStream.STEP) ? 0 : kept;
            }
            mask.put(from, scratch.a, count);
        });
    }

    private static void requireSameSamples(Operand x, Operand y) {
        if (x.samples != y.samples || x.sampleSize != y.sampleSize) {
            throw new IllegalArgumentException(
                    "a slice of channels can only be copied sample by sample, but the samples are " + x.samples + " of "
                            + x.sampleSize + " elements and " + y.samples + " of " + y.sampleSize);
        }
    }
}
