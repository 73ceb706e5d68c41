package org.espalier.runtime.kernel.backend;

import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Instance normalization with running statistics: what the kernels of a backend do, and the statistics around it. */
public final class TrackedInstances {
    private final KernelSet kernels;
    private final INDArray x;
    private final INDArray mean;
    private final INDArray inverseStd;
    private final double eps;

    /**
     * A normalization.
     *
     * @param kernels of the backend that has the arrays
     * @param mean receives μ of each sample and channel
     * @param inverseStd receives 1/√(σ² + eps)
     */
    public TrackedInstances(KernelSet kernels, INDArray x, INDArray mean, INDArray inverseStd, double eps) {
        this.kernels = kernels;
        this.x = x;
        this.mean = mean;
        this.inverseStd = inverseStd;
        this.eps = eps;
    }

    /** Normalizes by the statistics of each sample while training, and by the running ones otherwise. */
    public void forward(
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray runningMean,
            INDArray runningVar,
            INDArray y,
            double momentum,
            boolean training) {
        if (training) {
            kernels.normalize(x, gamma, beta, mean, inverseStd, y, eps, true);
            move(runningMean, runningVar, momentum);
        } else {
            spread(runningMean, runningVar);
            kernels.normalizeInstancesBy(mean, inverseStd, x, gamma, beta, y);
        }
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
}
