package org.espalier.runtime;

import org.espalier.runtime.kernel.Normalizations;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A normalization of each sample by itself: of its channels (instance normalization, Ulyanov and others,
 * arXiv:1607.08022), of groups of them (Wu and He, arXiv:1803.08494), or of its last axes (layer normalization, Ba,
 * Kiros and Hinton, arXiv:1607.06450). It has γ and β, and the statistics that a forward pass saves for its backward
 * pass.
 */
public final class SampleNorm {
    private final Affine affine;
    private final double eps;
    private final SavedStatistics saved = new SavedStatistics();

    SampleNorm(Affine affine, double eps) {
        this.affine = affine;
        this.eps = eps;
    }

    /**
     * Takes the memory for statistics.
     *
     * @param mean μ, [batch, parts]
     * @param inverseStd 1/√(σ² + eps), [batch, parts]
     */
    public void allocate(INDArray mean, INDArray inverseStd) {
        saved.allocate(mean, inverseStd);
    }

    /**
     * y = (x − μ)/√(σ² + eps) · γ + β over each channel of each sample.
     *
     * @param epilogues what is done to y on the way
     */
    public static void instanceNorm(INDArray x, SampleNorm norm, INDArray y, Epilogue... epilogues) {
        Normalizations.instanceNorm(
                x,
                norm.affine.gamma(),
                norm.affine.beta(),
                norm.saved.mean(),
                norm.saved.inverseStd(),
                y,
                norm.eps,
                epilogues);
    }

    /**
     * The gradients of {@link #instanceNorm} by x, γ and β.
     *
     * @param x what the forward pass was given
     * @param accumulate whether the gradients of γ and β are added to what is there
     * @param epilogues what is done to dY, and to dX afterwards
     */
    public static void instanceNormBackward(
            INDArray x, SampleNorm norm, INDArray dY, INDArray dX, boolean accumulate, Epilogue... epilogues) {
        instanceGradients(x, norm, dY, dX, norm.affine, accumulate, epilogues);
    }

    /** The gradient of {@link #instanceNorm} by x alone, where γ and β do not learn or are not there. */
    public static void instanceNormBackward(
            INDArray x, SampleNorm norm, INDArray dY, INDArray dX, Epilogue... epilogues) {
        instanceGradients(x, norm, dY, dX, Affine.NONE, false, epilogues);
    }

    private static void instanceGradients(
            INDArray x,
            SampleNorm norm,
            INDArray dY,
            INDArray dX,
            Affine learning,
            boolean accumulate,
            Epilogue... epilogues) {
        Normalizations.instanceNormBackward(
                x,
                norm.affine.gamma(),
                norm.saved.mean(),
                norm.saved.inverseStd(),
                dY,
                dX,
                learning.dGamma(),
                learning.dBeta(),
                true,
                accumulate,
                epilogues);
    }

    /** y = (x − μ)/√(σ² + eps) · γ + β over each group of channels of each sample. */
    public static void groupNorm(INDArray x, SampleNorm norm, INDArray y) {
        Normalizations.groupNorm(
                x, norm.affine.gamma(), norm.affine.beta(), norm.saved.mean(), norm.saved.inverseStd(), y, norm.eps);
    }

    /** The gradients of {@link #groupNorm}, as {@link #instanceNormBackward}. */
    public static void groupNormBackward(INDArray x, SampleNorm norm, INDArray dY, INDArray dX, boolean accumulate) {
        groupGradients(x, norm, dY, dX, norm.affine, accumulate);
    }

    /** The gradient of {@link #groupNorm} by x alone, where γ and β do not learn or are not there. */
    public static void groupNormBackward(INDArray x, SampleNorm norm, INDArray dY, INDArray dX) {
        groupGradients(x, norm, dY, dX, Affine.NONE, false);
    }

    private static void groupGradients(
            INDArray x, SampleNorm norm, INDArray dY, INDArray dX, Affine learning, boolean accumulate) {
        Normalizations.groupNormBackward(
                x,
                norm.affine.gamma(),
                norm.saved.mean(),
                norm.saved.inverseStd(),
                dY,
                dX,
                learning.dGamma(),
                learning.dBeta(),
                accumulate);
    }

    /** y = (x − μ)/√(σ² + eps) · γ + β over the last axes, each of whose elements has a γ and a β. */
    public static void layerNorm(INDArray x, SampleNorm norm, INDArray y) {
        Normalizations.layerNorm(
                x, norm.affine.gamma(), norm.affine.beta(), norm.saved.mean(), norm.saved.inverseStd(), y, norm.eps);
    }

    /** The gradients of {@link #layerNorm}, as {@link #instanceNormBackward}. */
    public static void layerNormBackward(INDArray x, SampleNorm norm, INDArray dY, INDArray dX, boolean accumulate) {
        layerGradients(x, norm, dY, dX, norm.affine, accumulate);
    }

    /** The gradient of {@link #layerNorm} by x alone, where γ and β do not learn or are not there. */
    public static void layerNormBackward(INDArray x, SampleNorm norm, INDArray dY, INDArray dX) {
        layerGradients(x, norm, dY, dX, Affine.NONE, false);
    }

    private static void layerGradients(
            INDArray x, SampleNorm norm, INDArray dY, INDArray dX, Affine learning, boolean accumulate) {
        Normalizations.layerNormBackward(
                x,
                norm.affine.gamma(),
                norm.saved.mean(),
                norm.saved.inverseStd(),
                dY,
                dX,
                learning.dGamma(),
                learning.dBeta(),
                accumulate);
    }
}
