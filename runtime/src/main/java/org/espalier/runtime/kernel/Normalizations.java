package org.espalier.runtime.kernel;

import java.util.Arrays;
import org.espalier.runtime.kernel.backend.KernelSet;
import org.espalier.runtime.kernel.backend.TrackedInstances;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.memory.Operand;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalization kernels, as generated classes call them: y = (x − μ)/√(σ² + eps) · γ + β, with the mean μ and the
 * variance σ² of parts of x. Without γ and β, which may be null, these count as 1 and 0; without arrays for the
 * gradients by them, these are not computed.
 */
public final class Normalizations {
    private Normalizations() {}

    /**
     * Batch normalization (Ioffe and Szegedy, arXiv:1502.03167) of each channel. While training μ and σ² (biased) are
     * those of the channel over batch and space, and the running statistics move towards them by {@code momentum}, the
     * variance as the unbiased one, as PyTorch does; otherwise they are the running statistics. Unlike PyTorch's, those
     * of a channel stay as they are where they would become infinite or NaN.
     *
     * @param x [batch, channels, …]
     * @param gamma [channels]
     * @param beta [channels]
     * @param runningMean [channels]
     * @param runningVar [channels]
     * @param mean receives μ, [channels]
     * @param inverseStd receives 1/√(σ² + eps), [channels]
     * @param y as x
     * @throws IllegalArgumentException while training, if a channel has but one value, which has no variance
     */
    public static void batchNorm(
            INDArray x,
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
        requireVariance(x, training);
        of(x).batchNorm(
                        x,
                        gamma,
                        beta,
                        runningMean,
                        runningVar,
                        mean,
                        inverseStd,
                        y,
                        eps,
                        momentum,
                        training,
                        epilogues);
    }

    /**
     * Batch normalization whose running statistics are the average of those of all batches.
     *
     * @param batches how many batches there were, [1]; one more while training
     */
    public static void batchNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray runningMean,
            INDArray runningVar,
            INDArray batches,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            boolean training,
            Epilogue... epilogues) {
        requireVariance(x, training);
        if (training) {
            batches.addi(1);
        }
        double share = 1 / Math.max(1, batches.getDouble(0));
        batchNorm(x, gamma, beta, runningMean, runningVar, mean, inverseStd, y, eps, share, training, epilogues);
    }

    /** Batch normalization by the statistics of the batch alone, as while training. */
    public static void batchNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            Epilogue... epilogues) {
        requireVariance(x, true);
        of(x).normalize(x, gamma, beta, mean, inverseStd, y, eps, false, epilogues);
    }

    /**
     * The gradients of a batch normalization. With x̂ = (x − μ) s: dγ = Σ dY x̂, dβ = Σ dY, and while training dX = γ s
     * (dY − mean(dY) − x̂ mean(dY x̂)), otherwise dX = γ s dY. dX may be dY. Epilogues are done to dY, those
     * {@link Kernels#afterwards} to dX.
     *
     * @param mean μ of the forward pass, [channels]
     * @param inverseStd s of the forward pass, [channels]
     * @param training what the forward pass was given
     * @param accumulate whether the gradients by γ and β are added to what is there
     */
    public static void batchNormBackward(
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
        of(x).batchNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate, epilogues);
    }

    /**
     * Instance normalization (Ulyanov and others, arXiv:1607.08022): as {@link #batchNorm} while training, but with the
     * mean and variance of each sample's channel over space, always.
     *
     * @param mean receives μ, [batch, channels]
     * @param inverseStd receives 1/√(σ² + eps), [batch, channels]
     */
    public static void instanceNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            Epilogue... epilogues) {
        of(x).normalize(x, gamma, beta, mean, inverseStd, y, eps, true, epilogues);
    }

    /**
     * Instance normalization while training, whose running statistics move by {@code momentum} towards the means over
     * the batch of each sample's, the variance as the unbiased one; otherwise normalization by these.
     *
     * @param runningMean [channels]
     * @param runningVar [channels]
     * @param mean receives μ, [batch, channels]
     * @param inverseStd receives 1/√(σ² + eps), [batch, channels]
     */
    public static void instanceNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray runningMean,
            INDArray runningVar,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps,
            double momentum,
            boolean training) {
        new TrackedInstances(of(x), x, mean, inverseStd, eps)
                .forward(gamma, beta, runningMean, runningVar, y, momentum, training);
    }

    /**
     * The gradients of an instance normalization, as {@link #batchNormBackward}, over each sample's own statistics.
     *
     * @param training what the forward pass was given; true without running statistics
     */
    public static void instanceNormBackward(
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
        of(x).instanceNormBackward(x, gamma, mean, inverseStd, dY, dX, dGamma, dBeta, training, accumulate, epilogues);
    }

    /**
     * Group normalization (Wu and He, arXiv:1803.08494): the channels of a sample are cut into groups, and each group
     * is normalized by its own mean and variance.
     *
     * @param x [batch, channels, …]
     * @param gamma [channels]
     * @param beta [channels]
     * @param mean receives μ, [batch, groups]
     * @param inverseStd receives 1/√(σ² + eps), [batch, groups]
     * @param y as x
     */
    public static void groupNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps) {
        of(x).groupNorm(x, gamma, beta, false, mean, inverseStd, y, eps);
    }

    /**
     * The gradients of a group normalization: of γ and β as of a batch normalization, of x with the means of groups.
     */
    public static void groupNormBackward(
            INDArray x,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean accumulate) {
        of(x).groupNormBackward(x, gamma, false, mean, inverseStd, dY, dX, dGamma, dBeta, accumulate);
    }

    /**
     * Layer normalization (Ba, Kiros and Hinton, arXiv:1607.06450): the last axes of x are normalized by their own mean
     * and variance, and each of their elements has a γ and a β.
     *
     * @param x [batch, …]
     * @param gamma the last sizes of x
     * @param beta the last sizes of x
     * @param mean receives μ, [batch, groups] where groups is the product of the sizes between batch and the last
     * @param inverseStd receives 1/√(σ² + eps), as mean
     * @param y as x
     */
    public static void layerNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps) {
        of(x).groupNorm(x, gamma, beta, true, mean, inverseStd, y, eps);
    }

    /** The gradients of a layer normalization. */
    public static void layerNormBackward(
            INDArray x,
            @Nullable INDArray gamma,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean accumulate) {
        of(x).groupNormBackward(x, gamma, true, mean, inverseStd, dY, dX, dGamma, dBeta, accumulate);
    }

    private static KernelSet of(INDArray array) {
        return KernelSet.of(array);
    }

    private static void requireVariance(INDArray x, boolean training) {
        Operand shape = Operand.of(x);
        if (training && shape.samples * shape.height * shape.width == 1) {
            throw new IllegalArgumentException(
                    "batch normalization needs more than one value per channel while training, but its input is "
                            + Arrays.toString(x.shape())
                            + "; use a larger batch or larger images, or train without this normalization");
        }
    }
}
