package org.espalier.runtime;

import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch normalisation (Ioffe and Szegedy, arXiv:1502.03167) of a network: γ and β, the running statistics, and the
 * statistics of a batch, which a forward pass saves for its backward pass.
 */
public final class BatchNorm {
    private final @Nullable Parameter weight;
    private final @Nullable Parameter bias;
    private final INDArray runningMean;
    private final INDArray runningVar;
    private final double eps;
    private final double momentum;
    private Mode mode = Mode.OF_THE_NETWORK;

    /** False if the network is in evaluation mode, whatever layers that draw random numbers do. */
    private boolean networkTrains = true;

    /** The mode of the last forward, which its backward has too. */
    private Mode forwardMode = Mode.OF_THE_NETWORK;

    private @Nullable INDArray mean;
    private @Nullable INDArray inverseStd;

    /** Behaviours of a normalisation. */
    enum Mode {
        OF_THE_NETWORK,
        TRAINING,
        EVALUATION
    }

    BatchNorm(
            @Nullable Parameter weight,
            @Nullable Parameter bias,
            INDArray runningMean,
            INDArray runningVar,
            double eps,
            double momentum) {
        this.weight = weight;
        this.bias = bias;
        this.runningMean = runningMean;
        this.runningVar = runningVar;
        this.eps = eps;
        this.momentum = momentum;
    }

    Mode mode() {
        return mode;
    }

    void mode(Mode other) {
        mode = other;
    }

    /** Begins a forward of a network that behaves as in training, or in use. */
    void begin(boolean training) {
        networkTrains = training;
    }

    private boolean trains(boolean training) {
        return forwardMode == Mode.OF_THE_NETWORK ? training && networkTrains : forwardMode == Mode.TRAINING;
    }

    /**
     * Takes the memory for the statistics of a batch.
     *
     * @param batchMean μ, [channels]
     * @param batchInverseStd 1/√(σ² + eps), [channels]
     */
    public void allocate(INDArray batchMean, INDArray batchInverseStd) {
        this.mean = batchMean;
        this.inverseStd = batchInverseStd;
    }

    /**
     * y = (x − μ)/√(σ² + eps) · γ + β over each channel, with the statistics of the batch while training, which the
     * running ones follow, and with the running ones otherwise; see {@link Network#eval(String)}.
     *
     * @param steps what is done to y on the way
     * @throws IllegalArgumentException if the statistics of a batch would be of one element
     */
    public static void batchNorm(INDArray x, BatchNorm norm, INDArray y, boolean training, Epilogue... steps) {
        norm.forwardMode = norm.mode;
        boolean trains = norm.trains(training);
        INDArray mu = saved(norm.mean);
        INDArray s = saved(norm.inverseStd);
        Parameter gamma = norm.weight;
        Parameter beta = norm.bias;
        if (gamma == null) {
            Kernels.batchNorm(x, norm.runningMean, norm.runningVar, mu, s, y, norm.eps, norm.momentum, trains, steps);
        } else if (beta == null) {
            Kernels.batchNorm(
                    x,
                    gamma.numbers(),
                    norm.runningMean,
                    norm.runningVar,
                    mu,
                    s,
                    y,
                    norm.eps,
                    norm.momentum,
                    trains,
                    steps);
        } else {
            Kernels.batchNorm(
                    x,
                    gamma.numbers(),
                    beta.numbers(),
                    norm.runningMean,
                    norm.runningVar,
                    mu,
                    s,
                    y,
                    norm.eps,
                    norm.momentum,
                    trains,
                    steps);
        }
    }

    /**
     * The gradients of {@link #batchNorm} by x, γ and β.
     *
     * @param x what the forward pass was given
     * @param training what the forward pass was given
     * @param accumulate whether the gradients of γ and β are added to what is there
     * @param steps what is done to dY, and to dX afterwards
     * @throws IllegalStateException if there is no γ
     */
    public static void batchNormBackward(
            INDArray x,
            BatchNorm norm,
            INDArray dY,
            INDArray dX,
            boolean training,
            boolean accumulate,
            Epilogue... steps) {
        Parameter gamma = norm.weight;
        Parameter beta = norm.bias;
        if (gamma == null) {
            throw new IllegalStateException("there is nothing to accumulate: this normalisation does not learn");
        }
        INDArray weight = gamma.numbers();
        INDArray dWeight = gamma.gradientNumbers();
        boolean trains = norm.trains(training);
        INDArray mu = saved(norm.mean);
        INDArray s = saved(norm.inverseStd);
        if (beta == null) {
            Kernels.batchNormBackward(x, weight, mu, s, dY, dX, dWeight, trains, accumulate, steps);
        } else {
            INDArray dBias = beta.gradientNumbers();
            Kernels.batchNormBackward(x, weight, mu, s, dY, dX, dWeight, dBias, trains, accumulate, steps);
        }
    }

    /** The gradient of {@link #batchNorm} by x alone, where γ and β do not learn or are not there. */
    public static void batchNormBackward(
            INDArray x, BatchNorm norm, INDArray dY, INDArray dX, boolean training, Epilogue... steps) {
        boolean trains = norm.trains(training);
        INDArray mu = saved(norm.mean);
        INDArray s = saved(norm.inverseStd);
        Parameter gamma = norm.weight;
        if (gamma == null) {
            Kernels.batchNormBackward(x, mu, s, dY, dX, trains, steps);
        } else {
            Kernels.batchNormBackward(x, gamma.numbers(), mu, s, dY, dX, trains, steps);
        }
    }

    private static INDArray saved(@Nullable INDArray statistics) {
        if (statistics == null) {
            throw new IllegalStateException("no memory has been allocated for the statistics of a batch");
        }
        return statistics;
    }
}
