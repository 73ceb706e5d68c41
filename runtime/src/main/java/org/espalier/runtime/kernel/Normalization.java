package org.espalier.runtime.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Batch and instance normalisation on floats: two passes over x forwards, two over x and dY backwards, with sums in
 * double precision. The formulas are {@link ReferenceNormalization}'s.
 */
final class Normalization {
    private Normalization() {}

    /**
     * The planes that share a mean and a variance: those of one channel in the samples {@code first} to {@code end}.
     */
    private record Group(int channel, int first, int end) {}

    /** The groups of a batch normalisation (one for each channel) or of an instance normalisation. */
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

    static void batchForward(
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
            boolean training) {
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
                Sums.Pair moments = moments(x, group);
                double average = moments.first;
                variance = moments.second;
                mu[c] = (float) average;
                movedMean[c] = (float) ((1 - momentum) * movedMean[c] + momentum * average);
                movedVar[c] = (float) ((1 - momentum) * movedVar[c] + momentum * variance * n / (n - 1.0));
            }
            s[c] = (float) (1 / Math.sqrt(variance + eps));
            normalize(x, group, mu[c], s[c] * scale[c], shift[c], y);
        });
        mean.put(0, mu, mu.length);
        inverseStd.put(0, s, s.length);
        if (training) {
            runningMean.put(0, movedMean, movedMean.length);
            runningVar.put(0, movedVar, movedVar.length);
        }
    }

    static void instanceForward(
            Operand x,
            @Nullable Operand gamma,
            @Nullable Operand beta,
            Operand mean,
            Operand inverseStd,
            Operand y,
            double eps) {
        float[] mu = new float[x.samples * x.channels];
        float[] s = new float[mu.length];
        float[] scale = perChannel(gamma, 1, x);
        float[] shift = perChannel(beta, 0, x);
        forEachGroup(x, true, index -> {
            Group group = group(x, true, index);
            Sums.Pair moments = moments(x, group);
            mu[index] = (float) moments.first;
            s[index] = (float) (1 / Math.sqrt(moments.second + eps));
            normalize(x, group, mu[index], s[index] * scale[group.channel()], shift[group.channel()], y);
        });
        mean.put(0, mu, mu.length);
        inverseStd.put(0, s, s.length);
    }

    static void batchBackward(
            Operand x,
            @Nullable Operand gamma,
            Operand mean,
            Operand inverseStd,
            Operand dY,
            Operand dX,
            @Nullable Operand dGamma,
            @Nullable Operand dBeta,
            boolean training,
            boolean accumulate) {
        backward(x, false, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate);
    }

    static void instanceBackward(
            Operand x,
            @Nullable Operand gamma,
            Operand mean,
            Operand inverseStd,
            Operand dY,
            Operand dX,
            @Nullable Operand dGamma,
            @Nullable Operand dBeta,
            boolean accumulate) {
        backward(x, true, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, true, accumulate);
    }

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
            boolean accumulate) {
        float[] mu = read(mean);
        float[] s = read(inverseStd);
        float[] scale = perChannel(gamma, 1, x);
        double[] sumDY = new double[mu.length];
        double[] sumDYxHat = new double[mu.length];
        int n = x.height * x.width * (instances ? 1 : x.samples);
        forEachGroup(x, instances, index -> {
            Group group = group(x, instances, index);
            if (ownStatistics || dGamma != null) {
                Sums.Pair sums = products(x, mu[index], dY, group);
                sumDY[index] = sums.first;
                sumDYxHat[index] = s[index] * sums.second;
            }
            // dX = a (dY − m) + k (x − μ), of which only a dY is left where the statistics are fixed.
            double a = s[index] * scale[group.channel()];
            double m = ownStatistics ? sumDY[index] / n : 0;
            double k = ownStatistics ? -a * s[index] * sumDYxHat[index] / n : 0;
            combine(x, mu[index], dY, group, (float) a, (float) m, (float) k, dX);
        });
        if (dGamma != null) {
            addGroups(sumDYxHat, dGamma, accumulate);
        }
        if (dBeta != null) {
            addGroups(sumDY, dBeta, accumulate);
        }
    }

    /** Writes the sums of a parameter's gradient; of an instance normalisation they come for each sample. */
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

    /** The mean and the variance of a group. */
    private static Sums.Pair moments(Operand x, Group group) {
        float[] block = Scratch.get().a;
        int plane = x.height * x.width;
        Sums.Pair sums = new Sums.Pair();
        // About some element rather than 0: the variance does not drown in the square of a large mean.
        float origin = x.floats().get(group.first() * x.sampleStride + group.channel() * plane);
        for (int n = group.first(); n < group.end(); n++) {
            int start = n * x.sampleStride + group.channel() * plane;
            for (int from = 0; from < plane; from += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, plane - from);
                x.get(start + from, block, count);
                sums.addMoments(block, origin, count);
            }
        }
        double size = (double) plane * (group.end() - group.first());
        double offset = sums.first / size;
        sums.first = origin + offset;
        sums.second = Math.max(0, sums.second / size - offset * offset);
        return sums;
    }

    /** Σ dY and Σ dY (x − origin). */
    private static Sums.Pair products(Operand x, double origin, Operand dY, Group group) {
        Scratch scratch = Scratch.get();
        int plane = x.height * x.width;
        Sums.Pair sums = new Sums.Pair();
        for (int n = group.first(); n < group.end(); n++) {
            int offset = group.channel() * plane;
            for (int from = 0; from < plane; from += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, plane - from);
                x.get(n * x.sampleStride + offset + from, scratch.a, count);
                dY.get(n * dY.sampleStride + offset + from, scratch.b, count);
                sums.addProducts(scratch.b, scratch.a, origin, count);
            }
        }
        return sums;
    }

    private static void normalize(Operand x, Group group, float mu, float scale, float shift, Operand y) {
        float[] block = Scratch.get().a;
        int plane = x.height * x.width;
        for (int n = group.first(); n < group.end(); n++) {
            int offset = group.channel() * plane;
            for (int from = 0; from < plane; from += Scratch.BLOCK) {
                int count = Math.min(Scratch.BLOCK, plane - from);
                x.get(n * x.sampleStride + offset + from, block, count);
                for (int i = 0; i < count; i++) {
                    block[i] = (block[i] - mu) * scale + shift;
                }
                y.put(n * y.sampleStride + offset + from, block, count);
            }
        }
    }

    /** dX = a (dY − m) + k (x − μ). */
    private static void combine(Operand x, float mu, Operand dY, Group group, float a, float m, float k, Operand dX) {
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
        java.util.Arrays.fill(same, otherwise);
        return same;
    }
}
