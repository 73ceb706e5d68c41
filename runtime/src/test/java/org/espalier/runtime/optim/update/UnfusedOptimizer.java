package org.espalier.runtime.optim.update;

import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.espalier.runtime.optim.optimizer.Adagrad;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.Lion;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Rprop;
import org.espalier.runtime.optim.optimizer.Sgd;

/**
 * An optimizer one number at a time, in single precision, nothing fused: what the update means, operation by operation.
 */
interface UnfusedOptimizer {
    /** The weight after a step, counted from 1. */
    float step(int i, int count, float w, float g);

    /** The learning rate of an element in the step just taken. */
    float rate(int i, int count);

    /** Returns the share of a weight that the optimizer's own decoupled weight decay leaves. */
    default float keeps() {
        return 1;
    }

    /** The runtime's optimizer, and how to make what it is compared with for so many numbers. */
    record Pair(Optimizer optimizer, IntFunction<UnfusedOptimizer> unfused) {
        @Override
        public String toString() {
            return optimizer.toString();
        }
    }

    /** Every optimizer there is. */
    static Stream<Pair> all() {
        return Stream.of(
                new Pair(new Adam(1e-2), size -> new UnfusedAdam(size, 1)),
                new Pair(
                        new AdamW(1e-2, 0.9, 0.999, 1e-8, 0.5),
                        size -> new UnfusedAdam(size, (float) (1 - 1e-2 * 0.5))),
                new Pair(new Sgd(1e-2), size -> new Momentum(size, 0, 0, false)),
                new Pair(new Sgd(1e-2, 0.9, 0, false), size -> new Momentum(size, 0.9f, 0, false)),
                new Pair(new Sgd(1e-2, 0.9, 0.25, false), size -> new Momentum(size, 0.9f, 0.25, false)),
                new Pair(new Sgd(1e-2, 0.9, 0, true), size -> new Momentum(size, 0.9f, 0, true)),
                new Pair(new RmsProp(1e-2), size -> new MeanSquare(size, 0, false)),
                new Pair(new RmsProp(1e-2, 0.99, 1e-8, 0.5, true), size -> new MeanSquare(size, 0.5f, true)),
                new Pair(new Adagrad(1e-2, 0.25, 0.5, 1e-10), SumOfSquares::new),
                new Pair(new Lion(1e-2, 0.9, 0.99, 0.5), Signs::new),
                new Pair(new Rprop(1e-2), StepSizes::new));
    }

    /** Adam, and with {@code keeps} below 1 AdamW. */
    final class UnfusedAdam implements UnfusedOptimizer {
        private final float[] m;
        private final float[] v;
        private final float keeps;

        UnfusedAdam(int size, float keeps) {
            this.m = new float[size];
            this.v = new float[size];
            this.keeps = keeps;
        }

        @Override
        public float step(int i, int count, float w, float g) {
            m[i] = 0.9f * m[i] + (float) (1 - 0.9) * g;
            v[i] = 0.999f * v[i] + (float) (1 - 0.999) * (g * g);
            float stepSize = (float) (1e-2 / (1 - Math.pow(0.9, count)));
            return w - stepSize * (m[i] / ((float) Math.sqrt(v[i]) * scale(count) + 1e-8f));
        }

        private static float scale(int count) {
            return (float) (1 / Math.sqrt(1 - Math.pow(0.999, count)));
        }

        @Override
        public float rate(int i, int count) {
            return 1e-2f / ((float) Math.sqrt(v[i]) * scale(count) + 1e-8f);
        }

        @Override
        public float keeps() {
            return keeps;
        }
    }

    /** SGD; without momentum it keeps nothing. */
    final class Momentum implements UnfusedOptimizer {
        private final float[] v;
        private final float momentum;
        private final double dampening;
        private final boolean nesterov;

        Momentum(int size, float momentum, double dampening, boolean nesterov) {
            this.v = new float[size];
            this.momentum = momentum;
            this.dampening = dampening;
            this.nesterov = nesterov;
        }

        @Override
        public float step(int i, int count, float w, float g) {
            if (momentum == 0) {
                return w - 1e-2f * g;
            }
            v[i] = momentum * v[i] + (count == 1 ? 1 : (float) (1 - dampening)) * g;
            return w - 1e-2f * (nesterov ? g + momentum * v[i] : v[i]);
        }

        @Override
        public float rate(int i, int count) {
            return 1e-2f;
        }
    }

    /** RMSprop. */
    final class MeanSquare implements UnfusedOptimizer {
        private final float[] squares;
        private final float[] means;
        private final float[] v;
        private final float momentum;
        private final boolean centered;

        MeanSquare(int size, float momentum, boolean centered) {
            this.squares = new float[size];
            this.means = new float[size];
            this.v = new float[size];
            this.momentum = momentum;
            this.centered = centered;
        }

        @Override
        public float step(int i, int count, float w, float g) {
            squares[i] = 0.99f * squares[i] + (float) (1 - 0.99) * (g * g);
            if (centered) {
                means[i] = 0.99f * means[i] + (float) (1 - 0.99) * g;
            }
            float scaled = g / denominator(i);
            v[i] = momentum == 0 ? scaled : momentum * v[i] + scaled;
            return w - 1e-2f * v[i];
        }

        private float denominator(int i) {
            return (float) Math.sqrt(Math.max(0f, squares[i] - means[i] * means[i])) + 1e-8f;
        }

        @Override
        public float rate(int i, int count) {
            return 1e-2f / denominator(i);
        }
    }

    /** Adagrad. */
    final class SumOfSquares implements UnfusedOptimizer {
        private final float[] sums;

        SumOfSquares(int size) {
            this.sums = new float[size];
        }

        @Override
        public float step(int i, int count, float w, float g) {
            sums[i] = sums[i] + (count == 1 ? 0.5f : 0) + g * g;
            return w - lr(count) * (g / ((float) Math.sqrt(sums[i]) + 1e-10f));
        }

        private static float lr(int count) {
            return (float) (1e-2 / (1 + (count - 1) * 0.25));
        }

        @Override
        public float rate(int i, int count) {
            return lr(count) / ((float) Math.sqrt(sums[i]) + 1e-10f);
        }
    }

    /** Lion, as the paper's program has it. */
    final class Signs implements UnfusedOptimizer {
        private final float[] m;

        Signs(int size) {
            this.m = new float[size];
        }

        @Override
        public float step(int i, int count, float w, float g) {
            float update = Math.signum(0.9f * m[i] + (float) (1 - 0.9) * g);
            m[i] = 0.99f * m[i] + (float) (1 - 0.99) * g;
            return w - 1e-2f * update;
        }

        @Override
        public float rate(int i, int count) {
            return 1e-2f;
        }

        @Override
        public float keeps() {
            return (float) (1 - 1e-2 * 0.5);
        }
    }

    /** Rprop. */
    final class StepSizes implements UnfusedOptimizer {
        private final float[] before;
        private final float[] sizes;

        StepSizes(int size) {
            this.before = new float[size];
            this.sizes = new float[size];
        }

        @Override
        public float step(int i, int count, float w, float g) {
            float size = count == 1 ? 1e-2f : sizes[i];
            float agreement = g * before[i];
            float gradient = agreement < 0 ? 0 : g;
            float factor = agreement < 0 ? 0.5f : agreement > 0 ? 1.2f : 1;
            sizes[i] = Math.max(1e-6f, Math.min(50f, size * factor));
            before[i] = gradient;
            return w - sizes[i] * Math.signum(gradient);
        }

        @Override
        public float rate(int i, int count) {
            return sizes[i];
        }
    }
}
