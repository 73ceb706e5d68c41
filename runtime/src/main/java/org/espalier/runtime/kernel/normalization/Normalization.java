package org.espalier.runtime.kernel.normalization;

import java.util.Arrays;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.elementwise.FloatElementwise;
import org.espalier.runtime.kernel.memory.Channels;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.Scratch;
import org.espalier.runtime.kernel.reduction.BlockSums;
import org.jspecify.annotations.Nullable;

/**
 * Batch and instance normalization on floats: two passes over x forwards, two over x and dY backwards. The formulas are
 * {@link ReferenceNormalization}'s.
 */
public final class Normalization {
    /**
     * Elements of a channel in a sample below which blocks are so short that an epilogue costs more in them than a pass
     * over the whole array does.
     */
    private static final int SHORT = 128;

    private Normalization() {}

    /** Tells whether epilogues are better done to the whole of y, if y is there already. */
    private static boolean areApart(Operand y, Epilogue... epilogues) {
        return epilogues.length > 0 && isShort(y) && Arrays.stream(epilogues).noneMatch(epilogue -> epilogue.reads(y));
    }

    private static boolean isShort(Operand x) {
        return x.height * x.width < SHORT;
    }

    /**
     * The planes that share a mean and a variance: those of one channel in the samples {@code first} to {@code end}.
     */
    private record Group(int channel, int first, int end) {}

    /** The groups of a batch normalization (one for each channel) or of an instance normalization. */
    private static Group group(Operand x, boolean instances, int index) {
        return instances
                ? new Group(index % x.channels, index / x.channels, index / x.channels + 1)
                : new Group(index, 0, x.samples);
    }

    private static void forEachGroup(Operand x, boolean instances, Channels.Channel body) {
        int plane = x.height * x.width;
        if (instances) {
            Channels.forEach(x.samples * x.channels, plane, body);
        } else {
            Channels.forEach(x.channels, x.samples * plane, body);
        }
    }

    public static void batchForward(
            Operand x,
            @Nullable Operand gamma,
            @Nullable Operand beta,
            Operand runningMean,
            Operand runningVar,
            Operand mean,
            Operand inverseStd,
            Operand y,
            double eps,
            double momentum,
            boolean training,
            Epilogue... epilogues) {
        if (areApart(y, epilogues)) {
            batchForward(x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, eps, momentum, training);
            FloatElementwise.run(y, y, epilogues);
            return;
        }
        float[] mu = read(runningMean);
        float[] s = read(runningVar);
        float[] movedMean = mu.clone();
        float[] movedVar = s.clone();
        float[] scale = perChannel(gamma, 1, x);
        float[] shift = perChannel(beta, 0, x);
        int n = x.samples * x.height * x.width;
        forEachGroup(x, false, c -> {
            Group group = group(x, false, c);
            double variance = s[c];
            if (training) {
                BlockSums.Moments moments = moments(x, group);
                double average = moments.mean();
                variance = moments.variance();
                mu[c] = (float) average;
                float toMean = (float) ((1 - momentum) * movedMean[c] + momentum * average);
                float toVar = (float) ((1 - momentum) * movedVar[c] + momentum * variance * n / (n - 1.0));
                // A batch with an infinity or NaN is not learned from, and must not stay here for good either.
                if (Float.isFinite(toMean) && Float.isFinite(toVar)) {
                    movedMean[c] = toMean;
                    movedVar[c] = toVar;
                }
            }
            s[c] = (float) (1 / Math.sqrt(variance + eps));
            normalize(x, group, mu[c], s[c] * scale[c], shift[c], y, epilogues);
        });
        Epilogue.end(epilogues);
        mean.put(0, mu, mu.length);
        inverseStd.put(0, s, s.length);
        if (training) {
            runningMean.put(0, movedMean, movedMean.length);
            runningVar.put(0, movedVar, movedVar.length);
        }
    }

    /**
     * By the statistics of what is given alone.
     *
     * @param instances whether each sample has its own
     */
    public static void forward(
            Operand x,
            @Nullable Operand gamma,
            @Nullable Operand beta,
            Operand mean,
            Operand inverseStd,
            Operand y,
            double eps,
            boolean instances,
            Epilogue... epilogues) {
        if (areApart(y, epilogues)) {
            forward(x, gamma, beta, mean, inverseStd, y, eps, instances);
            FloatElementwise.run(y, y, epilogues);
            return;
        }
        float[] mu = new float[mean.size()];
        float[] s = new float[mu.length];
        float[] scale = perChannel(gamma, 1, x);
        float[] shift = perChannel(beta, 0, x);
        forEachGroup(x, instances, index -> {
            Group group = group(x, instances, index);
            BlockSums.Moments moments = moments(x, group);
            mu[index] = (float) moments.mean();
            s[index] = (float) (1 / Math.sqrt(moments.variance() + eps));
            normalize(x, group, mu[index], s[index] * scale[group.channel()], shift[group.channel()], y, epilogues);
        });
        Epilogue.end(epilogues);
        mean.put(0, mu, mu.length);
        inverseStd.put(0, s, s.length);
    }

    public static void batchBackward(
            Operand x,
            @Nullable Operand gamma,
            Operand mean,
            Operand inverseStd,
            Operand dY,
            Operand dX,
            @Nullable Operand dGamma,
            @Nullable Operand dBeta,
            boolean training,
            boolean accumulate,
            Epilogue... epilogues) {
        backward(x, false, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate, epilogues);
    }

    /** By a mean and a variance that are given for each channel of each sample. */
    public static void instancesBy(
            Operand mean, Operand inverseStd, Operand x, @Nullable Operand gamma, @Nullable Operand beta, Operand y) {
        float[] mu = read(mean);
        float[] s = read(inverseStd);
        float[] scale = perChannel(gamma, 1, x);
        float[] shift = perChannel(beta, 0, x);
        forEachGroup(x, true, index -> {
            Group group = group(x, true, index);
            int c = group.channel();
            normalize(x, group, mu[index], s[index] * scale[c], shift[c], y);
        });
    }

    public static void instanceBackward(
            Operand x,
            @Nullable Operand gamma,
            Operand mean,
            Operand inverseStd,
            Operand dY,
            Operand dX,
            @Nullable Operand dGamma,
            @Nullable Operand dBeta,
            boolean ownStatistics,
            boolean accumulate,
            Epilogue... epilogues) {
        backward(x, true, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, ownStatistics, accumulate, epilogues);
    }

    /**
     * The first pass adds up what the second needs. What epilogues make of dY the first one leaves in dX, where the
     * second finds it in the cache.
     */
    private static void backward(
            Operand x,
            boolean instances,
            @Nullable Operand gamma,
            Operand mean,
            Operand inverseStd,
            Operand dY,
            Operand dX,
            @Nullable Operand dGamma,
            @Nullable Operand dBeta,
            boolean ownStatistics,
            boolean accumulate,
            Epilogue... epilogues) {
        Epilogue[] before = Epilogue.before(epilogues);
        Epilogue[] after = Epilogue.after(epilogues);
        if (areApart(dX, after)) {
            backward(x, instances, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, ownStatistics, accumulate, before);
            FloatElementwise.run(dX, dX, after);
            return;
        }
        if (before.length > 0 && isShort(x)) {
            FloatElementwise.run(dY, dX, before);
            Epilogue last = Epilogue.afterwards(after);
            backward(x, instances, gamma, mean, inverseStd, dX, dX, dGamma, dBeta, ownStatistics, accumulate, last);
            return;
        }
        float[] mu = read(mean);
        float[] s = read(inverseStd);
        float[] scale = perChannel(gamma, 1, x);
        double[] sumDY = new double[mu.length];
        double[] sumDYxHat = new double[mu.length];
        int n = x.height * x.width * (instances ? 1 : x.samples);
        Operand d = before.length == 0 ? dY : dX;
        forEachGroup(x, instances, index -> {
            Group group = group(x, instances, index);
            if (ownStatistics || dGamma != null || before.length > 0) {
                BlockSums.Pair sums = products(x, mu[index], dY, dX, group, before);
                sumDY[index] = sums.first;
                sumDYxHat[index] = s[index] * sums.second;
            }
            // dX = a (dY − m) + k (x − μ), of which only a dY is left where the statistics are fixed.
            double a = s[index] * scale[group.channel()];
            double m = ownStatistics ? sumDY[index] / n : 0;
            double k = ownStatistics ? -a * s[index] * sumDYxHat[index] / n : 0;
            combine(x, mu[index], d, group, (float) a, (float) m, (float) k, dX, after);
        });
        Epilogue.end(before);
        Epilogue.end(after);
        if (dGamma != null) {
            addGroups(sumDYxHat, dGamma, accumulate);
        }
        if (dBeta != null) {
            addGroups(sumDY, dBeta, accumulate);
        }
    }

    /** Writes the sums of a parameter's gradient; of an instance normalization they come for each sample. */
    private static void addGroups(double[] sums, Operand gradient, boolean accumulate) {
        float[] values = new float[gradient.size()];
        if (accumulate) {
            gradient.get(0, values, values.length);
        }
        for (int c = 0; c < values.length; c++) {
            double sum = values[c];
            for (int group = c; group < sums.length; group += values.length) {
                sum += sums[group];
            }
            values[c] = (float) sum;
        }
        gradient.put(0, values, values.length);
    }

    private static BlockSums.Moments moments(Operand x, Group group) {
        Scratch scratch = Scratch.get();
        int plane = x.height * x.width;
        BlockSums.Moments moments = new BlockSums.Moments();
        for (int n = group.first(); n < group.end(); n++) {
            int start = n * x.sampleStride + group.channel() * plane;
            for (int from = 0; from < plane; from += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, plane - from);
                x.get(start + from, scratch.a, count);
                moments.add(scratch, count);
            }
        }
        return moments;
    }

    /** Σ d and Σ d (x − origin), where d is dY, or what epilogues make of it, which then is written to dX. */
    private static BlockSums.Pair products(
            Operand x, float origin, Operand dY, Operand dX, Group group, Epilogue... epilogues) {
        Scratch scratch = Scratch.get();
        int plane = x.height * x.width;
        BlockSums.Pair sums = new BlockSums.Pair();
        for (int n = group.first(); n < group.end(); n++) {
            int offset = group.channel() * plane;
            for (int from = 0; from < plane; from += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, plane - from);
                x.get(n * x.sampleStride + offset + from, scratch.a, count);
                dY.get(n * dY.sampleStride + offset + from, scratch.b, count);
                for (Epilogue epilogue : epilogues) {
                    epilogue.run(scratch.b, n, offset + from, count, scratch.c);
                }
                if (epilogues.length > 0) {
                    dX.put(n * dX.sampleStride + offset + from, scratch.b, count);
                }
                sums.addProducts(scratch, origin, count);
            }
        }
        return sums;
    }

    private static void normalize(
            Operand x, Group group, float mu, float scale, float shift, Operand y, Epilogue... epilogues) {
        Scratch scratch = Scratch.get();
        float[] block = scratch.a;
        int plane = x.height * x.width;
        for (int n = group.first(); n < group.end(); n++) {
            int offset = group.channel() * plane;
            for (int from = 0; from < plane; from += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, plane - from);
                x.get(n * x.sampleStride + offset + from, block, count);
                for (int i = 0; i < count; i++) {
                    block[i] = (block[i] - mu) * scale + shift;
                }
                for (Epilogue epilogue : epilogues) {
                    epilogue.run(block, n, offset + from, count, scratch.b);
                }
                y.put(n * y.sampleStride + offset + from, block, count);
            }
        }
    }

    /** dX = a (dY − m) + k (x − μ), or what epilogues make of that. */
    private static void combine(
            Operand x,
            float mu,
            Operand dY,
            Group group,
            float a,
            float m,
            float k,
            Operand dX,
            Epilogue... epilogues) {
        Scratch scratch = Scratch.get();
        float[] values = scratch.a;
        float[] gradients = scratch.b;
        int plane = x.height * x.width;
        for (int n = group.first(); n < group.end(); n++) {
            int offset = group.channel() * plane;
            for (int from = 0; from < plane; from += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, plane - from);
                x.get(n * x.sampleStride + offset + from, values, count);
                dY.get(n * dY.sampleStride + offset + from, gradients, count);
                for (int i = 0; i < count; i++) {
                    gradients[i] = a * (gradients[i] - m) + k * (values[i] - mu);
                }
                for (Epilogue epilogue : epilogues) {
                    epilogue.run(gradients, n, offset + from, count, scratch.c);
                }
                dX.put(n * dX.sampleStride + offset + from, gradients, count);
            }
        }
    }

    private static float[] read(Operand values) {
        float[] all = new float[values.size()];
        values.get(0, all, all.length);
        return all;
    }

    private static float[] perChannel(@Nullable Operand values, float otherwise, Operand x) {
        if (values != null) {
            return read(values);
        }
        float[] same = new float[x.channels];
        Arrays.fill(same, otherwise);
        return same;
    }
}
