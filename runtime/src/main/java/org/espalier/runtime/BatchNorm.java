package org.espalier.runtime;

import org.espalier.runtime.kernel.Normalizations;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch normalization (Ioffe and Szegedy, arXiv:1502.03167) of a network: γ and β, the running statistics, and the
 * statistics of a batch, which a forward pass saves for its backward pass.
 */
public final class BatchNorm {
    private final Affine affine;
    private final INDArray runningMean;
    private final INDArray runningVar;
    private final double eps;
    private final double momentum;
    private final SavedStatistics saved = new SavedStatistics();
    private final LayerMode mode;

    BatchNorm(Affine affine, INDArray runningMean, INDArray runningVar, double eps, double momentum, LayerMode mode) {
        this.affine = affine;
        this.runningMean = runningMean;
        this.runningVar = runningVar;
        this.eps = eps;
        this.momentum = momentum;
        this.mode = mode;
    }

    /**
     * Takes the memory for the statistics of a batch.
     *
     * @param mean μ, [channels]
     * @param inverseStd 1/√(σ² + eps), [channels]
     */
    public void allocate(INDArray mean, INDArray inverseStd) {
        saved.allocate(mean, inverseStd);
    }

    /**
     * y = (x − μ)/√(σ² + eps) · γ + β over each channel, with the statistics of the batch while training, which the
     * running ones follow, and with the running ones otherwise; see {@link Network#eval(String)}.
     *
     * @param epilogues what is done to y on the way
     * @throws IllegalArgumentException if the statistics of a batch would be of one element
     */
    public static void batchNorm(INDArray x, BatchNorm norm, INDArray y, boolean training, Epilogue... epilogues) {
        Normalizations.batchNorm(
                x,
                norm.affine.gamma(),
                norm.affine.beta(),
                norm.runningMean,
                norm.runningVar,
                norm.saved.mean(),
                norm.saved.inverseStd(),
                y,
                norm.eps,
                norm.momentum,
                norm.mode.trains(training),
                epilogues);
    }

    /**
     * The gradients of {@link #batchNorm} by x, γ and β.
     *
     * @param x what the forward pass was given
     * @param training what the forward pass was given
     * @param accumulate whether the gradients of γ and β are added to what is there
     * @param epilogues what is done to dY, and to dX afterwards
     */
    public static void batchNormBackward(
            INDArray x,
            BatchNorm norm,
            INDArray dY,
            INDArray dX,
            boolean training,
            boolean accumulate,
            Epilogue... epilogues) {
        gradients(x, norm, dY, dX, norm.affine, training, accumulate, epilogues);
    }

    /** The gradient of {@link #batchNorm} by x alone, where γ and β do not learn or are not there. */
    public static void batchNormBackward(
            INDArray x, BatchNorm norm, INDArray dY, INDArray dX, boolean training, Epilogue... epilogues) {
        gradients(x, norm, dY, dX, Affine.NONE, training, false, epilogues);
    }

    private static void gradients(
            INDArray x,
            BatchNorm norm,
            INDArray dY,
            INDArray dX,
            Affine learning,
            boolean training,
            boolean accumulate,
            Epilogue... epilogues) {
        Normalizations.batchNormBackward(
                x,
                norm.affine.gamma(),
                norm.saved.mean(),
                norm.saved.inverseStd(),
                dY,
                dX,
                learning.dGamma(),
                learning.dBeta(),
                norm.mode.trains(training),
                accumulate,
                epilogues);
    }
}
