package org.espalier.runtime.optim.optimizer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.runtime.kernel.memory.Guard;
import org.jspecify.annotations.Nullable;

/**
 * Update rule by which a parameter follows its gradient. Its arithmetic is written as a loop over one block, which the
 * update fuses with clipping and penalties.
 *
 * <p>The learning rate and the clipping may be changed between steps. An optimizer belongs to one network.
 *
 * <p>Clipping acts on the gradient of the data loss; penalties come after it, and momentum and adaptive scaling after
 * them.
 */
public abstract class Optimizer {
    private volatile double lr;
    private volatile Clipping clipping = new Clipping();
    private volatile boolean maximizes;
    private volatile @Nullable Guard guard;

    /** Clipping of gradients, which all optimizers of a network have in common. */
    private static final class Clipping {
        private volatile double norm = Double.POSITIVE_INFINITY;
        private volatile double value = Double.POSITIVE_INFINITY;
    }

    /**
     * @param lr learning rate
     * @throws IllegalArgumentException if {@code lr} is negative or not finite
     */
    protected Optimizer(double lr) {
        this.lr = requireAtLeastZero("lr", lr);
    }

    /** The learning rate. */
    public final double lr() {
        return lr;
    }

    /**
     * Changes the learning rate from the next update on.
     *
     * @throws IllegalArgumentException if {@code lr} is negative or not finite
     * @throws IllegalStateException if another thread is using the network, or the network is closed
     */
    public final void lr(double lr) {
        double checked = requireAtLeastZero("lr", lr);
        Guard.inside(guard, () -> this.lr = checked);
    }

    /**
     * Scales the gradient of all trained parameters together by {@code c / (‖g‖₂ + 1e-6)} where that is below 1, as
     * PyTorch's {@code clip_grad_norm_} does; infinity (the default) does nothing. Clipping is the network's: if some
     * parameters have an optimizer of their own, setting it on one sets it on all.
     *
     * @param maximum greatest norm, above 0
     * @throws IllegalArgumentException if {@code maximum} is not above 0
     * @throws IllegalStateException if another thread is using the network, or the network is closed
     */
    public final void clipNorm(double maximum) {
        double checked = requireAboveZero("clipNorm", maximum);
        Guard.inside(guard, () -> clipping.norm = checked);
    }

    /** The greatest norm of the gradient. */
    public final double clipNorm() {
        return clipping.norm;
    }

    /**
     * Clamps every element of the gradient to ±{@code maximum}, after {@link #clipNorm(double)}; infinity (the default)
     * does nothing.
     *
     * @param maximum greatest absolute value, above 0
     * @throws IllegalArgumentException if {@code maximum} is not above 0
     * @throws IllegalStateException if another thread is using the network, or the network is closed
     */
    public final void clipValue(double maximum) {
        double checked = requireAboveZero("clipValue", maximum);
        Guard.inside(guard, () -> clipping.value = checked);
    }

    /** The greatest absolute value of an element of the gradient. */
    public final double clipValue() {
        return clipping.value;
    }

    /**
     * Climbs the data loss rather than descending it, as PyTorch's {@code maximize=True}: the gradient changes its sign
     * before penalties are added, so that those are kept small all the same.
     *
     * @return this optimizer
     * @throws IllegalStateException if another thread is using the network, or the network is closed
     */
    public final Optimizer maximize() {
        Guard.inside(guard, () -> this.maximizes = true);
        return this;
    }

    /** Gives another its clipping and direction. */
    final <O extends Optimizer> O carriedTo(O other) {
        other.clipNorm(clipNorm());
        other.clipValue(clipValue());
        if (maximizes) {
            other.maximize();
        }
        return other;
    }

    /** Tells whether it climbs the data loss. */
    public final boolean maximizes() {
        return maximizes;
    }

    /** Its name in a {@code .net} and in PyTorch. */
    public String name() {
        return getClass().getSimpleName();
    }

    /**
     * Its settings besides the learning rate and clipping, by PyTorch's names: what must be the same where training
     * goes on from a checkpoint.
     */
    public final Map<String, String> constants() {
        Map<String, String> constants = new LinkedHashMap<>(settings());
        if (maximizes) {
            constants.put("maximize", "true");
        }
        return constants;
    }

    /** The settings of its own among {@link #constants()}. */
    protected Map<String, String> settings() {
        return Map.of();
    }

    /** Lets it change only while nobody else uses the network that has this guard; for networks. */
    public final void guardedBy(Guard guard) {
        this.guard = guard;
    }

    /** Clips as another optimizer of the same network does from now on. */
    final void clipsWith(Optimizer other) {
        clipping = other.clipping;
    }

    /** Names of the numbers it keeps for every parameter, as weights files call them: {@code exp_avg}. */
    public abstract List<String> stateNames();

    /** Those of {@link #stateNames()} that are sums or means of squares, so that no step makes them negative. */
    public List<String> squares() {
        return List.of();
    }

    /**
     * The arithmetic of a parameter's {@code count}th update, with everything that is the same for all elements worked
     * out.
     *
     * @param count 1 for a parameter's first update
     */
    protected abstract Update update(long count);

    /** Tells whether it steps parameters of two axes only. */
    protected boolean isForMatrices() {
        return false;
    }

    /** Decoupled weight decay that every parameter has: w ← w − lr · decay · w before the step. */
    protected double decay() {
        return 0;
    }

    /** An update of one block. Implementations have no state of their own: blocks go through in parallel. */
    public interface Update {
        /**
         * Moves {@code w} against {@code g}.
         *
         * @param w weights, changed
         * @param g gradient with the penalties' added; may be overwritten
         * @param state what {@link #stateNames()} lists, in that order, 0 before the first step; changed
         * @param n number of elements
         */
        void apply(float[] w, float[] g, float[][] state, int n);

        /** The same in double precision. */
        void apply(double[] w, double[] g, double[][] state, int n);

        /**
         * The learning rate of each element in the step just taken: lr, for adaptive optimizers lr / (√v̂ + ε). It is
         * what a proximal map that follows the step multiplies λ by.
         *
         * @param rates takes them
         * @param state as {@code apply} left it
         * @param n number of elements
         */
        void rates(float[] rates, float[][] state, int n);

        /** The same in double precision. */
        void rates(double[] rates, double[][] state, int n);

        /**
         * Tells whether a weight whose gradient is 0 stays as it is, to the bit, and its state too, so that the update
         * may leave it out.
         */
        default boolean restsWithoutGradient() {
            return false;
        }
    }

    /**
     * An update that looks at a parameter as a whole before it moves any of it. A first pass over the blocks finds
     * directions; a second one goes along them.
     */
    public interface WholeUpdate extends ConstantRate {
        /**
         * Replaces {@code g} by the direction against which {@code w} is to go, and follows the gradient in
         * {@code state}. Weights stay as they are.
         */
        void direct(float[] w, float[] g, float[][] state, int n);

        /** The same in double precision. */
        void direct(double[] w, double[] g, double[][] state, int n);

        /**
         * Works out the second pass, whose {@code g} are the directions.
         *
         * @param directions of the whole parameter, which may be changed
         */
        Update along(Directions directions);

        @Override
        default void apply(float[] w, float[] g, float[][] state, int n) {
            new Along(lr()).apply(w, g, state, n);
        }

        @Override
        default void apply(double[] w, double[] g, double[][] state, int n) {
            new Along(lr()).apply(w, g, state, n);
        }
    }

    /** Directions of a whole parameter. */
    public interface Directions {
        /** The length of the parameter's first axis. */
        long rows();

        /** The length of its second one. */
        long columns();

        /** The root of the sum of the squares of all directions. */
        double norm();

        /** The same of the weights. */
        double weightNorm();

        /**
         * Divides them, a matrix X, by the larger of their norm and {@code eps}, and does Newton and Schulz's iteration
         * X ← a X + (b X Xᵀ + c (X Xᵀ)²) X.
         *
         * @param steps how often
         */
        void orthogonalize(double a, double b, double c, double eps, int steps);
    }

    /** A step of one length along directions. */
    record Along(double lr) implements ConstantRate {
        @Override
        public void apply(float[] w, float[] g, float[][] state, int n) {
            float rate = (float) lr;
            for (int i = 0; i < n; i++) {
                w[i] -= rate * g[i];
            }
        }

        @Override
        public void apply(double[] w, double[] g, double[][] state, int n) {
            for (int i = 0; i < n; i++) {
                w[i] -= lr * g[i];
            }
        }
    }

    /** An update whose learning rate is the same for every element. */
    interface ConstantRate extends Update {
        /** The learning rate of the step. */
        double lr();

        @Override
        default void rates(float[] rates, float[][] state, int n) {
            Arrays.fill(rates, 0, n, (float) lr());
        }

        @Override
        default void rates(double[] rates, double[][] state, int n) {
            Arrays.fill(rates, 0, n, lr());
        }
    }

    /**
     * Does a step of single precision by the loop of double precision, which may branch: what an ε of 0 needs, and what
     * would keep the loops of single precision from being vectorized.
     */
    static void throughDoubles(Update update, float[] w, float[] g, float[][] state, int n) {
        double[][] states = new double[state.length][];
        Arrays.setAll(states, index -> doubles(state[index], n));
        double[] weights = doubles(w, n);
        update.apply(weights, doubles(g, n), states, n);
        round(weights, w, n);
        for (int index = 0; index < states.length; index++) {
            round(states[index], state[index], n);
        }
    }

    private static double[] doubles(float[] numbers, int n) {
        double[] doubles = new double[n];
        Arrays.setAll(doubles, i -> numbers[i]);
        return doubles;
    }

    private static void round(double[] numbers, float[] rounded, int n) {
        for (int i = 0; i < n; i++) {
            rounded[i] = (float) numbers[i];
        }
    }

    /** The quotient, and 0 where the denominator is: without an ε, no gradient so far is no step. */
    static float quotient(float numerator, float denominator) {
        return denominator == 0 ? 0 : numerator / denominator;
    }

    /** The same in double precision. */
    static double quotient(double numerator, double denominator) {
        return denominator == 0 ? 0 : numerator / denominator;
    }

    /** Checks a setting that must be finite and at least 0. */
    protected static double requireAtLeastZero(String name, double value) {
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(name + " must be a finite number of at least 0, but is " + value);
        }
        return value;
    }

    /** Checks a setting that must be at least 0 and below 1. */
    protected static double requireBelowOne(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be at least 0 and below 1, but is " + value);
        }
        return value;
    }

    /** {@code Adam(lr=0.001, betas=(0.9, 0.999), eps=1.0E-8)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name()).append("(lr=").append(lr);
        constants()
                .forEach((name, value) ->
                        text.append(", ").append(name).append('=').append(value));
        return text.append(')').toString();
    }

    private static double requireAboveZero(String name, double value) {
        if (!(value > 0)) {
            throw new IllegalArgumentException(name + " must be above 0, but is " + value);
        }
        return value;
    }
}
