package org.espalier.runtime.optim;

import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.kernel.Parallel;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Penalties on what a layer computes, its activations y: λ Σ f(y), or the mean of that over the batch.
 *
 * <p>A backward pass calls them once the gradient by y is complete. They read y and that gradient once, block by block,
 * add the penalty's gradient, and keep the penalty itself with the {@link Regularizer} for the next report. The forward
 * pass does nothing for them.
 *
 * <p>Chunks are handed to threads; each sums by itself, and the chunks' sums are added in order, so every number is the
 * same however many threads there are.
 */
public final class ActivityPenalties {
    private static final int BLOCK = 2_048;
    private static final int CHUNK = 32 * BLOCK;

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

    private static void add(INDArray y, @Nullable INDArray dY, INDArray dX, Regularizer regularizer, double scale) {
        if (y.dataType() == DataType.DOUBLE) {
            new Pass<>(new Doubles(), y, dY, dX, regularizer, scale).run();
        } else {
            new Pass<>(new Floats(), y, dY, dX, regularizer, scale).run();
        }
    }

    /** One pass over the arrays. Samples have gaps between them where an array is some channels of a larger one. */
    private static final class Pass<A> {
        private final Arithmetic<A> arithmetic;
        private final INDArray y;
        private final @Nullable INDArray dY;
        private final INDArray dX;
        private final Regularizer regularizer;
        private final List<Penalty> penalties;
        private final double scale;
        private final int runs;
        private final long length;
        private final int chunksPerRun;
        private final double[][] sums;

        Pass(
                Arithmetic<A> arithmetic,
                INDArray y,
                @Nullable INDArray dY,
                INDArray dX,
                Regularizer regularizer,
                double scale) {
            this.arithmetic = arithmetic;
            this.y = y;
            this.dY = dY;
            this.dX = dX;
            this.regularizer = regularizer;
            this.penalties = regularizer.activityPenalties();
            this.scale = scale;
            boolean whole = hasNoGaps(y) && hasNoGaps(dX) && (dY == null || hasNoGaps(dY));
            this.runs = whole ? 1 : Math.toIntExact(y.size(0));
            this.length = y.length() / runs;
            this.chunksPerRun = Math.toIntExact((length + CHUNK - 1) / CHUNK);
            this.sums = new double[runs * chunksPerRun][penalties.size()];
        }

        private static boolean hasNoGaps(INDArray array) {
            long expected = 1;
            for (int axis = array.rank() - 1; axis >= 0; axis--) {
                boolean fits = array.size(axis) == 1 || array.stride(axis) == expected;
                if (!fits && axis > 0) {
                    throw new IllegalArgumentException("arrays must be contiguous in 'c' order within each sample, but "
                            + "one has the strides " + Arrays.toString(array.stride()));
                }
                if (!fits) {
                    return false;
                }
                expected *= array.size(axis);
            }
            return true;
        }

        void run() {
            Parallel.forEach(sums.length, this::chunk);
            for (int term = 0; term < penalties.size(); term++) {
                double sum = 0;
                for (double[] parts : sums) {
                    sum += parts[term];
                }
                regularizer.addActivity(term, scale * penalties.get(term).weight() * sum);
            }
        }

        private Arithmetic.Store<A> store(INDArray array, int run, long from, int count) {
            long sample = runs == 1 ? 0 : run * array.stride(0);
            return arithmetic.store(array, sample + from, count);
        }

        private void chunk(int index) {
            int run = index / chunksPerRun;
            long from = (long) (index % chunksPerRun) * CHUNK;
            int count = (int) Math.min(CHUNK, length - from);
            int width = Math.min(BLOCK, count);
            Arithmetic.Store<A> activities = store(y, run, from, count);
            Arithmetic.Store<A> before = dY == null ? null : store(dY, run, from, count);
            Arithmetic.Store<A> after = store(dX, run, from, count);
            A activity = arithmetic.block(width);
            A gradient = arithmetic.block(width);
            A slope = arithmetic.block(width);
            A[] terms = arithmetic.blocks(penalties.size(), width);
            for (int start = 0; start < count; start += BLOCK) {
                int n = Math.min(BLOCK, count - start);
                activities.get(start, activity, n);
                arithmetic.clear(slope, n);
                arithmetic.accumulate(penalties, activity, slope, terms, n);
                if (before == null) {
                    arithmetic.clear(gradient, n);
                } else {
                    before.get(start, gradient, n);
                }
                arithmetic.addScaled(gradient, scale, slope, 0, n);
                after.put(start, gradient, n);
            }
            for (int term = 0; term < penalties.size(); term++) {
                sums[index][term] = arithmetic.sum(terms[term], width);
            }
        }
    }
}
