package org.espalier.runtime.optim.regularizer;

/**
 * A penalty on sums over groups of weights: λ Σ_g F(s₁, s₂, …), where s_j = Σ f_j(w) over the weights of group g, with
 * gradient λ Σ_j ∂F/∂s_j · f_j′(w). The sums are needed before the gradient, so the update reads the parameter once
 * more, ahead of its pass.
 *
 * <p>A penalty overrides the methods on {@code float[]}, those on {@code double[]}, or both: that of a generated class
 * needs no more than its network's precision. Sums are of double precision in any case.
 */
public abstract non-sealed class GroupPenalty extends Term {
    /** In place of an axis: the whole parameter is one group. */
    public static final int WHOLE = -1;

    private final int axis;
    private final int sums;

    /**
     * @param term the name of the {@code .net}, which is the ledger's
     * @param lambda factor of the penalty
     * @param axis of the weight, an index of which is a group, or {@link #WHOLE}
     * @param sums how many
     * @throws IllegalArgumentException if {@code lambda} is negative or not finite
     */
    protected GroupPenalty(String term, double lambda, int axis, int sums) {
        super(term, lambda);
        this.axis = axis;
        this.sums = sums;
    }

    /** The axis of the weight, an index of which is a group, or {@link #WHOLE}. */
    public final int axis() {
        return axis;
    }

    /** Returns the number of sums that a group has. */
    final int sums() {
        return sums;
    }

    /**
     * Adds {@code f_j(w[i])} to {@code sums[j]} for {@code from <= i < to}, which are weights of one group.
     *
     * @throws IllegalStateException if the penalty was not made for networks of single precision
     */
    protected void addSums(float[] w, int from, int to, double[] sums) {
        throw wrongPrecision("double", "single");
    }

    /**
     * The same in double precision.
     *
     * @throws IllegalStateException if the penalty was not made for networks of double precision
     */
    protected void addSums(double[] w, int from, int to, double[] sums) {
        throw wrongPrecision("single", "double");
    }

    /**
     * Tells whether the penalty of c · w is c times that of w for every c above 0, as a norm's is, so that its gradient
     * is the same for both. Groups whose sums overflow or vanish are then scaled.
     */
    protected boolean isNorm() {
        return false;
    }

    /** F of a group's sums. */
    protected abstract double value(double[] sums);

    /** ∂F/∂s_j of a group's sums to {@code slopes[j]}. */
    protected abstract void slopes(double[] sums, double[] slopes);

    /**
     * Adds {@code Σ_j factors[j] · f_j′(w[i])} to {@code g[i]} for {@code from <= i < to}, which are weights of one
     * group.
     *
     * @throws IllegalStateException if the penalty was not made for networks of single precision
     */
    protected void addGradient(float[] w, float[] g, int from, int to, double[] factors) {
        throw wrongPrecision("double", "single");
    }

    /**
     * The same in double precision.
     *
     * @throws IllegalStateException if the penalty was not made for networks of double precision
     */
    protected void addGradient(double[] w, double[] g, int from, int to, double[] factors) {
        throw wrongPrecision("single", "double");
    }

    private IllegalStateException wrongPrecision(String own, String given) {
        return new IllegalStateException("the penalty " + term() + " is of " + own
                + " precision, but the parameters are of " + given + " precision");
    }

    // As in Penalty, whose comment says why.

    /** sgn(x): 0 for 0 and −0, NaN for NaN. */
    protected static float sign(float x) {
        return Penalty.sign(x);
    }

    /** The same in double precision. */
    protected static double sign(double x) {
        return Penalty.sign(x);
    }

    /** 1 above 0, 0 elsewhere, NaN for NaN. */
    protected static float step(float x) {
        return Penalty.step(x);
    }

    /** The same in double precision. */
    protected static double step(double x) {
        return Penalty.step(x);
    }
}
