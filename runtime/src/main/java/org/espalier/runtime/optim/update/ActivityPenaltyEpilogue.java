package org.espalier.runtime.optim.update;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import org.espalier.runtime.kernel.elementwise.Epilogue;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.espalier.runtime.optim.regularizer.Regularizer;
import org.espalier.runtime.optim.regularizer.TermAccess;

/**
 * Adds λ f′(y) to blocks of the gradient by y, and sums f(y) up. Blocks come on any thread; their sums are added in the
 * order of their places.
 */
final class ActivityPenaltyEpilogue implements Epilogue.Beside {
    private final Regularizer regularizer;
    private final List<Penalty> penalties;
    private final double scale;

    /** By the place of the block, the sum of each term. */
    private final Map<Integer, double[]> sums = new ConcurrentSkipListMap<>();

    /** Pool of buffers to compute blocks in, each used by one thread at a time. */
    private final Queue<Buffers<float[]>> free = new ConcurrentLinkedQueue<>();

    /** Slopes, and what each term adds to the loss. */
    private static final class Buffers<A> {
        private final A slope;
        private final A[] terms;
        private final int length;

        Buffers(Arithmetic<A> arithmetic, int terms, int length) {
            this.slope = arithmetic.block(length);
            this.terms = arithmetic.blocks(terms, length);
            this.length = length;
        }
    }

    ActivityPenaltyEpilogue(Regularizer regularizer, double scale) {
        this.regularizer = regularizer;
        this.penalties = TermAccess.activityPenalties(regularizer);
        this.scale = scale;
    }

    @Override
    public void run(float[] values, float[] others, int place, int count) {
        Floats floats = new Floats();
        Buffers<float[]> buffers = free.poll();
        if (buffers == null || buffers.length < count) {
            buffers = new Buffers<>(floats, penalties.size(), count);
        }
        sums.put(place, add(floats, values, others, buffers, count));
        free.add(buffers);
    }

    @Override
    public void run(double[] values, double[] others) {
        Doubles doubles = new Doubles();
        Buffers<double[]> buffers = new Buffers<>(doubles, penalties.size(), values.length);
        sums.put(0, add(doubles, values, others, buffers, values.length));
    }

    private <A> double[] add(Arithmetic<A> arithmetic, A gradient, A activity, Buffers<A> buffers, int n) {
        arithmetic.clear(buffers.slope, n);
        for (A term : buffers.terms) {
            arithmetic.clear(term, n);
        }
        arithmetic.accumulate(penalties, activity, buffers.slope, buffers.terms, n);
        arithmetic.addScaled(gradient, scale, 1, buffers.slope, 0, n);
        double[] sumsOfBlock = new double[penalties.size()];
        for (int term = 0; term < sumsOfBlock.length; term++) {
            sumsOfBlock[term] = arithmetic.sum(buffers.terms[term], n);
        }
        return sumsOfBlock;
    }

    @Override
    public void end() {
        for (int term = 0; term < penalties.size(); term++) {
            double sum = 0;
            for (double[] sumsOfBlock : sums.values()) {
                sum += sumsOfBlock[term];
            }
            TermAccess.addActivity(regularizer, term, scale * TermAccess.weight(penalties.get(term)) * sum);
        }
    }
}
