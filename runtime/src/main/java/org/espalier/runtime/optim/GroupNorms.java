package org.espalier.runtime.optim;

import java.util.Arrays;

/**
 * The norms of one parameter's groups, and what each group is multiplied by for it. Chunks sum squares by themselves,
 * in double precision, and their sums are added in order.
 *
 * @param <A> array of the network's precision
 */
final class GroupNorms<A> {
    private final Arithmetic<A> arithmetic;
    private final Groups groups;
    private final double[] factors;
    /** By chunk, then by group from that chunk's first on. */
    private final double[][] squares;

    private final int[] firsts;
    private double sum;

    /**
     * @param length elements of the parameter
     * @param chunk elements of all chunks but the last
     */
    GroupNorms(Arithmetic<A> arithmetic, Groups groups, long length, int chunk) {
        this.arithmetic = arithmetic;
        this.groups = groups;
        this.factors = new double[groups.count()];
        int chunks = (int) ((length + chunk - 1) / chunk);
        this.squares = new double[chunks][];
        this.firsts = new int[chunks];
        boolean turnsOnce = groups.inner() * groups.count() == length;
        for (int i = 0; i < chunks; i++) {
            long start = (long) i * chunk;
            long last = Math.min(length, start + chunk) - 1;
            firsts[i] = turnsOnce ? groups.group(start) : 0;
            squares[i] = new double[turnsOnce ? groups.group(last) - firsts[i] + 1 : groups.count()];
        }
    }

    void clear(int chunk) {
        Arrays.fill(squares[chunk], 0);
    }

    /** Adds the squares of {@code n} weights, those of the parameter from {@code start} on. */
    void addSquares(int chunk, long start, A w, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            squares[chunk][groups.group(start + from) - firsts[chunk]] += arithmetic.squares(w, from, to);
            from = to;
        }
    }

    /** The same with each weight divided by its rate. */
    void addSquares(int chunk, long start, A w, A rates, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            squares[chunk][groups.group(start + from) - firsts[chunk]] += arithmetic.squares(w, rates, from, to);
            from = to;
        }
    }

    /**
     * For the gradient of {@code lambda · scale · Σ ‖w_g‖}: factors become {@code lambda · scale / ‖w_g‖}, and 0 for a
     * norm of 0.
     */
    void takeGradient(double lambda, double scale) {
        takeNorms();
        sum = 0;
        for (int group = 0; group < factors.length; group++) {
            double norm = factors[group];
            sum += scale * norm;
            factors[group] = norm == 0 ? 0 : lambda * scale / norm;
        }
    }

    /** For the proximal map of {@code threshold · Σ ‖w_g‖}; a threshold of 0 leaves groups alone, even of NaN. */
    void takeShrinking(double threshold) {
        if (threshold == 0) {
            Arrays.fill(factors, 1);
            return;
        }
        takeNorms();
        for (int group = 0; group < factors.length; group++) {
            factors[group] = factors[group] <= threshold ? 0 : 1 - threshold / factors[group];
        }
    }

    /** For scaling groups with a norm above {@code bound} back to it. */
    void takeBound(double bound) {
        takeNorms();
        for (int group = 0; group < factors.length; group++) {
            factors[group] = factors[group] > bound ? bound / factors[group] : 1;
        }
    }

    private void takeNorms() {
        Arrays.fill(factors, 0);
        for (int chunk = 0; chunk < squares.length; chunk++) {
            for (int i = 0; i < squares[chunk].length; i++) {
                factors[firsts[chunk] + i] += squares[chunk][i];
            }
        }
        for (int group = 0; group < factors.length; group++) {
            factors[group] = Math.sqrt(factors[group]);
        }
    }

    /** Σ scale · ‖w_g‖ of the last {@link #takeGradient}. */
    double sum() {
        return sum;
    }

    /** g ← g + factor · w. */
    void addGradient(long start, A w, A g, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            arithmetic.addScaled(g, factors[groups.group(start + from)], w, from, to);
            from = to;
        }
    }

    /** w ← factor · w. */
    void scale(long start, A w, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            double factor = factors[groups.group(start + from)];
            if (factor != 1) {
                arithmetic.scale(w, factor, from, to);
            }
            from = to;
        }
    }

    /** Whether {@link #scale} leaves every weight as it is. */
    boolean leavesAll() {
        for (double factor : factors) {
            if (factor != 1) {
                return false;
            }
        }
        return true;
    }
}
