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

    public static void reluBackward(float[] dY, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            dY[i] = dY[i] * Math.max(0, step(y[i]));
        }
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

    public static void tanhBackward(float[] dY, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            dY[i] = dY[i] * (1 - y[i] * y[i]);
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
