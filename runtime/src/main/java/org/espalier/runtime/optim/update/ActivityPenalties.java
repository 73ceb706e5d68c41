package org.espalier.runtime.optim.update;

import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Penalties on what a layer computes, its activations y: λ Σ f(y), or the mean of that over the batch.
 *
 * <p>A backward pass calls them once the gradient by y is complete. They read y and that gradient once, block by block,
 * add the penalty's gradient, and keep the penalty itself with the {@link Regularizer} for the next report. The forward
 * pass does nothing for them.
 *
 * <p>Blocks are handed to threads; each sums by itself, and the blocks' sums are added in order, so every number is the
 * same however many threads there are.
 *
 * <p>As an epilogue of another kernel they cost no pass of their own.
 */
public final class ActivityPenalties {
    private ActivityPenalties() {}

    /**
     * Adds the gradient of the penalties' mean over the batch, the first axis: dX = dY + λ f′(y) / batch.
     *
     * @param y what the layer computed
     * @param dY the gradient of all else by it
     * @param dX the gradient with the penalties', of the same shape; may be {@code dY}
     * @param regularizer whose terms each look at one element at a time, without proximal maps
     * @throws IllegalArgumentException if a term is of another kind, or an array has gaps within its samples
     */
    public static void activityPenaltyMean(INDArray y, INDArray dY, INDArray dX, Regularizer regularizer) {
        add(y, dY, dX, regularizer, 1.0 / y.size(0));
    }

    /** The same where nothing else reads y: dX = λ f′(y) / batch. */
    public static void activityPenaltyMean(INDArray y, INDArray dX, Regularizer regularizer) {
        add(y, null, dX, regularizer, 1.0 / y.size(0));
    }

    /** Adds the gradient of the penalties' sum over the batch: dX = dY + λ f′(y). */
    public static void activityPenaltySum(INDArray y, INDArray dY, INDArray dX, Regularizer regularizer) {
        add(y, dY, dX, regularizer, 1);
    }

    /** The same where nothing else reads y: dX = λ f′(y). */
    public static void activityPenaltySum(INDArray y, INDArray dX, Regularizer regularizer) {
        add(y, null, dX, regularizer, 1);
    }

    /** The penalties' mean as an epilogue of a kernel that is given the gradient by y. */
    public static Epilogue activityPenaltyMean(INDArray y, Regularizer regularizer) {
        return Epilogue.beside(y, new ActivityPenaltyEpilogue(regularizer, 1.0 / y.size(0)));
    }

    /** The penalties' sum as an epilogue of a kernel that is given the gradient by y. */
    public static Epilogue activityPenaltySum(INDArray y, Regularizer regularizer) {
        return Epilogue.beside(y, new ActivityPenaltyEpilogue(regularizer, 1));
    }

    private static void add(INDArray y, @Nullable INDArray dY, INDArray dX, Regularizer regularizer, double scale) {
        Epilogue epilogue = Epilogue.beside(y, new ActivityPenaltyEpilogue(regularizer, scale));
        if (dY == null) {
            Kernels.inOnePass(y, dX, Epilogue.ZERO, epilogue);
        } else {
            Kernels.inOnePass(dY, dX, epilogue);
        }
    }
}
