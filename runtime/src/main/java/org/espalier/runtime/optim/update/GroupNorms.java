package org.espalier.runtime.optim.update;

import java.util.Arrays;

/**
 * The norms of one parameter's groups, and what each group is multiplied by for it. Chunks sum squares by themselves,
 * as {@link Arithmetic#addSquares} does, and their sums are added in order.
 *
 * @param <A> array of the network's precision
 */
final class GroupNorms<A> {
    private final Arithmetic<A> arithmetic;
    private final Groups groups;
    /** By group: first its norm; then what it is multiplied by is the factor divided by the divisor. */
    private final double[] divisors;

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
        this.divisors = new double[groups.count()];
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
            int group = groups.group(start + from) - firsts[chunk];
            squares[chunk][group] = arithmetic.addSquares(squares[chunk][group], w, from, to);
            from = to;
        }
    }

    /** The same with each weight divided by its rate. */
    void addSquares(int chunk, long start, A w, A rates, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            int group = groups.group(start + from) - firsts[chunk];
            squares[chunk][group] = arithmetic.addSquares(squares[chunk][group], w, rates, from, to);
            from = to;
        }
    }

    /**
     * For the gradient of {@code lambda · scale · Σ ‖w_g‖}: groups are multiplied by {@code lambda · scale / ‖w_g‖},
     * and by 0 for a norm of 0.
     */
    void takeGradient(double lambda, double scale) {
        takeNorms();
        sum = 0;
        for (int group = 0; group < factors.length; group++) {
            double norm = divisors[group];
            sum += scale * norm;
            multiply(group, norm == 0 ? 0 : lambda * scale, norm == 0 ? 1 : norm);
        }
    }

    /** For the proximal map of {@code threshold · Σ ‖w_g‖}; a threshold of 0 leaves groups alone, even of NaN. */
    void takeShrinking(double threshold) {
        if (threshold == 0) {
            Arrays.fill(factors, 1);
            Arrays.fill(divisors, 1);
            return;
        }
        takeNorms();
        for (int group = 0; group < factors.length; group++) {
            double norm = divisors[group];
            multiply(group, norm <= threshold ? 0 : 1 - threshold / norm, 1);
        }
    }

    /** For scaling groups with a norm above {@code bound} back to it. */
    void takeBound(double bound) {
        takeNorms();
        for (int group = 0; group < factors.length; group++) {
            boolean exceeds = divisors[group] > bound;
            multiply(group, exceeds ? bound : 1, exceeds ? divisors[group] : 1);
        }
    }

    private void multiply(int group, double factor, double divisor) {
        factors[group] = factor;
        divisors[group] = divisor;
    }

    private void takeNorms() {
        Arrays.fill(divisors, 0);
        for (int chunk = 0; chunk < squares.length; chunk++) {
            for (int i = 0; i < squares[chunk].length; i++) {
                int group = firsts[chunk] + i;
                divisors[group] = arithmetic.joinSquares(divisors[group], squares[chunk][i]);
            }
        }
        for (int group = 0; group < divisors.length; group++) {
            divisors[group] = arithmetic.norm(divisors[group]);
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
            int group = groups.group(start + from);
            arithmetic.addScaled(g, factors[group], divisors[group], w, from, to);
            from = to;
        }
    }

    /** w ← factor · w. */
    void scale(long start, A w, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            int group = groups.group(start + from);
            if (changes(group)) {
                arithmetic.scale(w, factors[group], divisors[group], from, to);
            }
            from = to;
        }
    }

    /** Tells whether {@link #scale} leaves every weight as it is. */
    boolean leavesAll() {
        for (int group = 0; group < factors.length; group++) {
            if (changes(group)) {
                return false;
            }
        }
        return true;
    }

    private boolean changes(int group) {
        return factors[group] != divisors[group];
    }
}
