package org.espalier.runtime.kernel.normalization;

import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Instance normalisation with running statistics, of either precision. */
public final class InstanceTracking {
    private final INDArray x;
    private final INDArray mean;
    private final INDArray inverseStd;
    private final double eps;

    public InstanceTracking(INDArray x, INDArray mean, INDArray inverseStd, double eps) {
        this.x = x;
        this.mean = mean;
        this.inverseStd = inverseStd;
        this.eps = eps;
    }

    public void forward(
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray runningMean,
            INDArray runningVar,
            INDArray y,
            double momentum,
            boolean training) {
        if (!training) {
            spread(runningMean, runningVar);
        }
        if (Operand.of(x).isFloat) {
            forward(Operand.of(x), operand(gamma), operand(beta), Operand.of(y), training);
        } else if (training) {
            ReferenceNormalization.forward(x, gamma, beta, mean, inverseStd, y, eps, true);
        } else {
            ReferenceNormalization.instancesBy(mean, inverseStd, x, gamma, beta, y);
        }
        if (training) {
            move(runningMean, runningVar, momentum);
        }
    }

    private void forward(Operand floats, @Nullable Operand gamma, @Nullable Operand beta, Operand y, boolean training) {
        if (training) {
            Normalization.forward(floats, gamma, beta, Operand.of(mean), Operand.of(inverseStd), y, eps, true);
        } else {
            Normalization.instancesBy(Operand.of(mean), Operand.of(inverseStd), floats, gamma, beta, y);
        }
    }

    private static @Nullable Operand operand(@Nullable INDArray array) {
        return array == null ? null : Operand.of(array);
    }

    /** Every sample has the running statistics. */
    private void spread(INDArray runningMean, INDArray runningVar) {
        double[] mu = Operand.of(runningMean).read();
        double[] variance = Operand.of(runningVar).read();
        double[] means = new double[Operand.of(mean).size()];
        double[] inverses = new double[means.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = mu[i % mu.length];
            inverses[i] = 1 / Math.sqrt(variance[i % mu.length] + eps);
        }
        Operand.of(mean).write(means);
        Operand.of(inverseStd).write(inverses);
    }

    private void move(INDArray runningMean, INDArray runningVar, double momentum) {
        Operand images = Operand.of(x);
        double area = images.height * (double) images.width;
        double[] means = Operand.of(mean).read();
        double[] inverses = Operand.of(inverseStd).read();
        double[] movedMean = Operand.of(runningMean).read();
        double[] movedVar = Operand.of(runningVar).read();
        for (int c = 0; c < movedMean.length; c++) {
            double average = 0;
            double variance = 0;
            for (int n = 0; n < images.samples; n++) {
                int at = n * movedMean.length + c;
                average += means[at] / images.samples;
                double biased = Math.max(0, 1 / (inverses[at] * inverses[at]) - eps);
                variance += biased * area / (area - 1) / images.samples;
            }
            double toMean = (1 - momentum) * movedMean[c] + momentum * average;
            double toVar = (1 - momentum) * movedVar[c] + momentum * variance;
            // A batch with an infinity or NaN is not learned from, and must not stay here for good either.
            if (Double.isFinite(toMean) && Double.isFinite(toVar)) {
                movedMean[c] = toMean;
                movedVar[c] = toVar;
            }
        }
        Operand.of(runningMean).write(movedMean);
        Operand.of(runningVar).write(movedVar);
    }

    public static void backward(
            INDArray x,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean training,
            boolean accumulate) {
        if (Operand.of(x).isFloat) {
            Normalization.instanceBackward(
                    Operand.of(x),
                    operand(gamma),
                    Operand.of(mean),
                    Operand.of(inverseStd),
                    Operand.of(dY),
                    Operand.of(dX),
                    operand(dGamma),
                    operand(dBeta),
                    training,
                    accumulate);
        } else {
            ReferenceNormalization.instanceBackward(
                    x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate);
        }
    }
}
