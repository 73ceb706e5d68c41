package org.espalier.runtime.kernel.backend;

import java.util.Arrays;
import org.espalier.runtime.kernel.elementwise.DropoutEpilogue;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.kernel.elementwise.RandomLayers;
import org.espalier.runtime.kernel.memory.NdArrays;
import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;
import org.espalier.runtime.kernel.movement.Movement;
import org.espalier.runtime.kernel.movement.PadAndUpsample;
import org.espalier.runtime.kernel.movement.PickingKernel;
import org.espalier.runtime.kernel.movement.Resizing;
import org.espalier.runtime.kernel.normalization.GroupNormalization;
import org.espalier.runtime.kernel.pooling.AdaptiveMaxPoolKernel;
import org.espalier.runtime.kernel.pooling.PoolPlaces;
import org.espalier.runtime.kernel.reduction.Reduction;
import org.espalier.runtime.kernel.window.Window;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels of the CPU that are one for both precisions. */
abstract class CpuKernels implements KernelSet {
    private final Movement movement;

    /** Kernels that move elements of their type. */
    CpuKernels(Movement movement) {
        this.movement = movement;
    }

    @Override
    public void groupNorm(
            INDArray x,
            @Nullable INDArray gamma,
            @Nullable INDArray beta,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray y,
            double eps) {
        GroupNormalization.forward(x, gamma, beta, perElement, mean, inverseStd, y, eps);
    }

    @Override
    public void groupNormBackward(
            INDArray x,
            @Nullable INDArray gamma,
            boolean perElement,
            INDArray mean,
            INDArray inverseStd,
            INDArray dY,
            INDArray dX,
            @Nullable INDArray dGamma,
            @Nullable INDArray dBeta,
            boolean accumulate) {
        GroupNormalization.backward(x, gamma, perElement, mean, inverseStd, dY, dX, dGamma, dBeta, accumulate);
    }

    @Override
    public void adaptiveMaxPool(INDArray x, INDArray y) {
        AdaptiveMaxPoolKernel.forward(Operand.of(x), Operand.of(y));
    }

    @Override
    public void adaptiveMaxPoolBackward(INDArray x, INDArray dY, INDArray dX) {
        AdaptiveMaxPoolKernel.backward(Operand.of(x), Operand.of(dY), Operand.of(dX));
    }

    @Override
    public void maxPoolIndices(INDArray x, INDArray indices, Window window) {
        PoolPlaces.ofWindows(x, indices, window);
    }

    @Override
    public void adaptiveMaxPoolIndices(INDArray x, INDArray indices) {
        PoolPlaces.ofParts(x, indices);
    }

    @Override
    public void maxUnpool(INDArray x, INDArray indices, INDArray y) {
        PoolPlaces.unpool(x, indices, y);
    }

    @Override
    public void maxUnpoolBackward(INDArray dY, INDArray indices, INDArray dX) {
        PoolPlaces.unpoolBackward(dY, indices, dX);
    }

    @Override
    public void padOrUpsample(INDArray x, INDArray y, PadAndUpsample places) {
        places.forward(x, y);
    }

    @Override
    public void padOrUpsampleBackward(INDArray dY, INDArray dX, PadAndUpsample places) {
        places.backward(dY, dX);
    }

    @Override
    public void permute(INDArray x, INDArray y, int... order) {
        if (order[0] == 0) {
            movement.permute(x, y, order);
            return;
        }
        int[] behind = new int[order.length + 1];
        Arrays.setAll(behind, axis -> axis == 0 ? 0 : order[axis - 1] + 1);
        movement.permute(NdArrays.asSample(x), NdArrays.asSample(y), behind);
    }

    @Override
    public void resize(INDArray x, INDArray y, Resizing places) {
        places.forward(x, y);
    }

    @Override
    public void resizeBackward(INDArray dY, INDArray dX, Resizing places) {
        places.backward(dY, dX);
    }

    @Override
    public void alphaDropout(INDArray x, INDArray mask, INDArray y, double p, RandomStream random) {
        RandomLayers.alphaDropout(Operand.of(x), Operand.of(mask), Operand.of(y), p, random);
    }

    @Override
    public void rrelu(
            INDArray x, INDArray slope, INDArray y, double lower, double upper, boolean training, RandomStream random) {
        RandomLayers.rrelu(Operand.of(x), Operand.of(slope), Operand.of(y), lower, upper, training, random);
    }

    @Override
    public void rreluBackward(INDArray slope, INDArray dY, INDArray dX) {
        RandomLayers.rreluBackward(Operand.of(slope), Operand.of(dY), Operand.of(dX));
    }

    @Override
    public void copyAlong(INDArray from, int fromPlace, INDArray to, int toPlace, int axis, int count) {
        if (axis == 0) {
            movement.copy(NdArrays.asSample(from), fromPlace, NdArrays.asSample(to), toPlace, 1, count);
        } else {
            movement.copy(from, fromPlace, to, toPlace, axis, count);
        }
    }

    @Override
    public void clearAlong(INDArray array, int place, int axis, int count) {
        if (axis == 0) {
            movement.clear(NdArrays.asSample(array), place, 1, count);
        } else {
            movement.clear(array, place, axis, count);
        }
    }

    @Override
    public Epilogue dropout(INDArray mask, double p, RandomStream random) {
        return new DropoutEpilogue(Operand.of(mask), p, random);
    }

    @Override
    public void reduce(Reduction kind, INDArray x, INDArray y) {
        if (hasSamples(x, y)) {
            kind.forward(x, y);
        } else {
            kind.forward(NdArrays.asSample(x), NdArrays.asSample(y));
        }
    }

    @Override
    public void reduceExtremumBackward(INDArray x, INDArray y, INDArray dY, INDArray dX) {
        if (hasSamples(x, y)) {
            Reduction.extremumBackward(x, y, dY, dX);
        } else {
            Reduction.extremumBackward(
                    NdArrays.asSample(x), NdArrays.asSample(y), NdArrays.asSample(dY), NdArrays.asSample(dX));
        }
    }

    /** Tells whether a reduction is of each sample, and not along the first axis of what has no batch. */
    private static boolean hasSamples(INDArray x, INDArray y) {
        return x.size(0) == y.size(0);
    }

    @Override
    public void reduceProductBackward(INDArray x, INDArray y, INDArray dY, INDArray dX) {
        if (hasSamples(x, y)) {
            Reduction.productBackward(x, y, dY, dX);
        } else {
            Reduction.productBackward(
                    NdArrays.asSample(x), NdArrays.asSample(y), NdArrays.asSample(dY), NdArrays.asSample(dX));
        }
    }

    @Override
    public void indexSelect(INDArray x, INDArray index, INDArray y, int axis) {
        PickingKernel.indexSelect(x, index, y, axis);
    }

    @Override
    public void indexSelectBackward(INDArray dY, INDArray index, INDArray dX, int axis) {
        PickingKernel.indexSelectBackward(dY, index, dX, axis);
    }

    @Override
    public void toFloat(INDArray x, INDArray y) {
        PickingKernel.toFloat(x, y);
    }

    @Override
    public void gather(INDArray x, INDArray index, INDArray y, int axis) {
        PickingKernel.gather(x, index, y, axis);
    }

    @Override
    public void gatherBackward(INDArray dY, INDArray index, INDArray dX, int axis) {
        PickingKernel.gatherBackward(dY, index, dX, axis);
    }
}
