package org.espalier.runtime.kernel.normalization;

import java.util.Arrays;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalization in plain loops of double arithmetic (Ioffe and Szegedy, arXiv:1502.03167; Ulyanov and others,
 * arXiv:1607.08022).
 *
 * <p>Both kinds normalize groups of elements by the group's mean μ and inverse standard deviation s = 1/√(σ² + ε), with
 * the biased variance: x̂ = (x − μ) s, y = γ x̂ + β with γ and β of the channel. A batch normalization's group is a
 * channel over the whole batch, an instance normalization's a channel of one sample.
 */
public final class ReferenceNormalization {
    private ReferenceNormalization() {}

    /** The group that an element belongs to. */
    private record Groups(int plane, int channels, int count, int groupSize) {
        static Groups ofBatch(Operand x) {
            int plane = x.height * x.width;
            return new Groups(plane, x.channels, x.channels, x.samples * plane);
        }

        static Groups ofInstances(Operand x) {
            int plane = x.height * x.width;
            return new Groups(plane, x.channels, x.samples * x.channels, plane);
        }

        int group(int element) {
            return element / plane % count;
        }

        int channel(int element) {
            return element / plane % channels;
        }
    }

    public static void batchForward(
            INDArray xArray,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray runningMean,
            INDArray runningVar,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            double momentum,
            boolean training,
            Epilogue... epilogues) {
        double[] x = Operand.of(xArray).read();
        Groups groups = Groups.ofBatch(Operand.of(xArray));
        double[] mu = Operand.of(runningMean).read();
        double[] variance = Operand.of(runningVar).read();
        if (training) {
            double[] movedMean = mu;
            double[] movedVariance = variance;
            mu = means(x, groups);
            variance = variances(x, mu, groups);
            double unbiased = groups.groupSize() / (groups.groupSize() - 1.0);
            for (int c = 0; c < mu.length; c++) {
                double toMean = (1 - momentum) * movedMean[c] + momentum * mu[c];
                double toVariance = (1 - momentum) * movedVariance[c] + momentum * unbiased * variance[c];
                if (Double.isFinite(toMean) && Double.isFinite(toVariance)) {
                    movedMean[c] = toMean;
                    movedVariance[c] = toVariance;
                }
            }
            Operand.of(runningMean).write(movedMean);
            Operand.of(runningVar).write(movedVariance);
        }
        normalize(x, groups, mu, variance, gamma, beta, mean, inverseStd, y, eps, epilogues);
    }

    public static void forward(
            INDArray xArray,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            boolean instances,
            Epilogue... epilogues) {
        double[] x = Operand.of(xArray).read();
        Operand shape = Operand.of(xArray);
        Groups groups = instances ? Groups.ofInstances(shape) : Groups.ofBatch(shape);
        double[] mu = means(x, groups);
        normalize(x, groups, mu, variances(x, mu, groups), gamma, beta, mean, inverseStd, y, eps, epilogues);
    }

    public static void batchBackward(
            INDArray x,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean training,
            boolean accumulate,
            Epilogue... epilogues) {
        Groups groups = Groups.ofBatch(Operand.of(x));
        backward(x, groups, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate, epilogues);
    }

    public static void instanceBackward(
            INDArray x,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean ownStatistics,
            boolean accumulate,
            Epilogue... epilogues) {
        Groups groups = Groups.ofInstances(Operand.of(x));
        backward(x, groups, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, ownStatistics, accumulate, epilogues);
    }

    /** By a mean and a variance that are given for each channel of each sample. */
    public static void instancesBy(
            INDArray mean,
            INDArray inverseStd,
            INDArray xArray,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray yArray) {
        double[] x = Operand.of(xArray).read();
        Groups groups = Groups.ofInstances(Operand.of(xArray));
        double[] mu = Operand.of(mean).read();
        double[] s = Operand.of(inverseStd).read();
        double[] scale = perChannel(gamma, 1, groups);
        double[] shift = perChannel(beta, 0, groups);
        for (int i = 0; i < x.length; i++) {
            int c = groups.channel(i);
            x[i] = (x[i] - mu[groups.group(i)]) * s[groups.group(i)] * scale[c] + shift[c];
        }
        Operand.of(yArray).write(x);
    }

    private static double[] means(double[] x, Groups groups) {
        double[] sums = new double[groups.count()];
        for (int i = 0; i < x.length; i++) {
            sums[groups.group(i)] += x[i];
        }
        return Arrays.stream(sums).map(sum -> sum / groups.groupSize()).toArray();
    }

    private static double[] variances(double[] x, double[] mu, Groups groups) {
        double[] sums = new double[groups.count()];
        for (int i = 0; i < x.length; i++) {
            double deviation = x[i] - mu[groups.group(i)];
            sums[groups.group(i)] += deviation * deviation;
        }
        return Arrays.stream(sums).map(sum -> sum / groups.groupSize()).toArray();
    }

    private static void normalize(
            double[] x,
            Groups groups,
            double[] mu,
            double[] variance,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray yArray,
            double eps,
            Epilogue... epilogues) {
        double[] s = Arrays.stream(variance).map(v -> 1 / Math.sqrt(v + eps)).toArray();
        double[] scale = perChannel(gamma, 1, groups);
        double[] shift = perChannel(beta, 0, groups);
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int group = groups.group(i);
            int c = groups.channel(i);
            y[i] = (x[i] - mu[group]) * s[group] * scale[c] + shift[c];
        }
        Operand.of(mean).write(mu);
        Operand.of(inverseStd).write(s);
        Epilogue.run(y, epilogues);
        Operand.of(yArray).write(y);
    }

    /**
     * dγ = Σ dY x̂, dβ = Σ dY, and dX = γ s (dY − mean(dY) − x̂ mean(dY x̂)) with the means over the group, where the
     * statistics are the group's own; where they are fixed, dX = γ s dY.
     */
    private static void backward(
            INDArray xArray,
            Groups groups,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dYArray,
            INDArray dXArray,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean ownStatistics,
            boolean accumulate,
            Epilogue... epilogues) {
        double[] x = Operand.of(xArray).read();
        double[] dY = Operand.of(dYArray).read();
        Epilogue.run(dY, Epilogue.before(epilogues));
        double[] mu = Operand.of(mean).read();
        double[] s = Operand.of(inverseStd).read();
        double[] scale = perChannel(gamma, 1, groups);
        double[] meanDY = new double[groups.count()];
        double[] meanDYxHat = new double[groups.count()];
        double[] scaleGradient = new double[groups.channels()];
        double[] shiftGradient = new double[groups.channels()];
        for (int i = 0; i < x.length; i++) {
            int group = groups.group(i);
            double xHat = (x[i] - mu[group]) * s[group];
            meanDY[group] += dY[i] / groups.groupSize();
            meanDYxHat[group] += dY[i] * xHat / groups.groupSize();
            scaleGradient[groups.channel(i)] += dY[i] * xHat;
            shiftGradient[groups.channel(i)] += dY[i];
        }
        double[] dX = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int group = groups.group(i);
            double xHat = (x[i] - mu[group]) * s[group];
            double centred = ownStatistics ? dY[i] - meanDY[group] - xHat * meanDYxHat[group] : dY[i];
            dX[i] = scale[groups.channel(i)] * s[group] * centred;
        }
        Epilogue.run(dX, Epilogue.after(epilogues));
        Operand.of(dXArray).write(dX);
        if (dGamma != null) {
            Operand.of(dGamma).write(scaleGradient, accumulate);
        }
        if (dBeta != null) {
            Operand.of(dBeta).write(shiftGradient, accumulate);
        }
    }

    private static double[] perChannel(@Nullable INDArray values, double otherwise, Groups groups) {
        if (values != null) {
            return Operand.of(values).read();
        }
        double[] same = new double[groups.channels()];
        Arrays.fill(same, otherwise);
        return same;
    }
}
