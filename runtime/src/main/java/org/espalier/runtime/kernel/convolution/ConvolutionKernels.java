package org.espalier.runtime.kernel.convolution;

import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.product.Gemm;
import org.espalier.runtime.kernel.window.Taps;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions on floats, by the algorithm that is fastest for their shapes: {@link ThreeByThree},
 * {@link WinogradConvolution} or {@link SmallConvolution} where they pay, {@link DepthwiseConvolution} or
 * {@link GroupedConvolution} for groups, {@link VolumeConvolution} for several slices, else {@link FloatConvolution}.
 * Of image, map and weight, two give the third, as {@link ReferenceConvolution} says.
 */
public final class ConvolutionKernels {
    private final Gemm gemm;
    private final ConvolutionTuning tuning;

    /** Convolutions by matrix products of a BLAS, in pieces of the usual sizes. */
    public ConvolutionKernels(Gemm gemm) {
        this(gemm, ConvolutionTuning.CPU);
    }

    ConvolutionKernels(Gemm gemm, ConvolutionTuning tuning) {
        this.gemm = gemm;
        this.tuning = tuning;
    }

    /** map = W · columns + b. */
    public void toMap(
            Operand image, Operand weight, @Nullable Operand bias, Operand map, Window window, Workspace workspace) {
        if (GroupedConvolution.is(image, weight)) {
            TapLayout.of(image, map, window)
                    .ifPresentOrElse(
                            layout -> new DepthwiseConvolution(layout, image, weight, map).toMap(weight, bias),
                            () -> GroupedConvolution.toMap(image, weight, bias, map, window));
            return;
        }
        float[] values = read(bias, map);
        if (!Taps.isFlat(image, map, window)) {
            ofVolumes(image, map, window, workspace).toMap(weight, values);
        } else if (Workspace.isThreeByThree(image, map, window)) {
            workspace.threeByThree().toMap(image, weight, values, map, window);
        } else if (WinogradConvolution.pays(image, map, window)) {
            winograd(image, map, window, workspace).toMap(weight, values);
        } else if (!workspace.smallConvolutions().toMap(image, weight, values, map, window)) {
            byColumns(image, map, window, workspace).toMap(weight, values);
        }
    }

    /** image = the sum of Wᵀ · map over the columns, + b. */
    public void toImage(
            Operand map, Operand weight, @Nullable Operand bias, Operand image, Window window, Workspace workspace) {
        if (GroupedConvolution.is(image, weight)) {
            TapLayout.of(image, map, window)
                    .ifPresentOrElse(
                            layout -> new DepthwiseConvolution(layout, image, weight, map).toImage(weight, bias),
                            () -> GroupedConvolution.toImage(map, weight, bias, image, window));
            return;
        }
        if (!Taps.isFlat(image, map, window)) {
            ofVolumes(image, map, window, workspace).toImage(weight, read(bias, image));
            return;
        }
        if (Workspace.isThreeByThree(image, map, window)) {
            workspace.threeByThree().toImage(map, weight, read(bias, image), image, window);
            return;
        }
        if (WinogradConvolution.pays(image, map, window)) {
            winograd(image, map, window, workspace).toImage(weight, read(bias, image));
            return;
        }
        byColumns(image, map, window, workspace).toImage(weight, read(bias, image));
    }

    /** dW = map · columnsᵀ. */
    public void toWeight(
            Operand image, Operand map, Operand weight, Window window, boolean accumulate, Workspace workspace) {
        if (GroupedConvolution.is(image, weight)) {
            TapLayout.of(image, map, window)
                    .ifPresentOrElse(
                            layout -> new DepthwiseConvolution(layout, image, weight, map).toWeight(weight, accumulate),
                            () -> GroupedConvolution.toWeight(image, map, weight, window, accumulate));
            return;
        }
        if (!Taps.isFlat(image, map, window)) {
            ofVolumes(image, map, window, workspace).toWeight(weight, accumulate);
            return;
        }
        if (Workspace.isThreeByThreeOfWeight(image, map, window)) {
            workspace.threeByThree().toWeight(image, map, weight, window, accumulate);
            return;
        }
        if (WinogradConvolution.pays(image, map, window)) {
            winograd(image, map, window, workspace).toWeight(weight, accumulate);
            return;
        }
        byColumns(image, map, window, workspace).toWeight(weight, accumulate);
    }

    private FloatConvolution byColumns(Operand image, Operand map, Window window, Workspace workspace) {
        return new FloatConvolution(gemm, tuning, image, map, window, workspace);
    }

    private VolumeConvolution ofVolumes(Operand image, Operand map, Window window, Workspace workspace) {
        return new VolumeConvolution(gemm, tuning, image, map, window, workspace);
    }

    private WinogradConvolution winograd(Operand image, Operand map, Window window, Workspace workspace) {
        return new WinogradConvolution(gemm, tuning, image, map, window, workspace);
    }

    /** The bias per channel, 0 if there is none. */
    private static float[] read(@Nullable Operand bias, Operand to) {
        float[] values = new float[to.channels];
        if (bias != null) {
            bias.get(0, values, values.length);
        }
        return values;
    }
}
