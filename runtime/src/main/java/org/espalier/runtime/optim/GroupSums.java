package org.espalier.runtime.optim;

import java.util.Arrays;
import java.util.List;

/**
 * The sums of one parameter's groups for a {@link GroupPenalty}, and what they become. Chunks sum by themselves, in
 * double precision, and their sums are added in order.
 *
 * @param <A> array of the network's precision
 */
final class GroupSums<A> {
    private final Arithmetic<A> arithmetic;
    private final GroupPenalty term;
    private final Groups groups;
    /** By group: its sums, then λ times what the penalty's derivatives by them are. */
    private final double[][] factors;
    /** By chunk, then by group. */
    private final double[][][] partial;

    private double value;

    /**
     * @param shape of the parameter
     * @param chunk elements of all chunks but the last
     */
    GroupSums(Arithmetic<A> arithmetic, GroupPenalty term, List<Long> shape, long length, int chunk) {
        this.arithmetic = arithmetic;
        this.term = term;
        this.groups = term.axis() == GroupPenalty.WHOLE ? Groups.whole(shape) : Groups.along(term, term.axis(), shape);
        this.factors = new double[groups.count()][term.sums()];
        this.partial = new double[(int) ((length + chunk - 1) / chunk)][groups.count()][term.sums()];
    }

    void clear(int chunk) {
        for (double[] sums : partial[chunk]) {
            Arrays.fill(sums, 0);
        }
    }

    /** Adds what {@code n} weights come to, those of the parameter from {@code start} on. */
    void add(int chunk, long start, A w, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            arithmetic.addSums(term, w, from, to, partial[chunk][groups.group(start + from)]);
            from = to;
        }
    }

    /** The value of every group, and the factors of its gradient. */
    void finish() {
        value = 0;
        double[] sums = new double[term.sums()];
        for (int group = 0; group < factors.length; group++) {
            Arrays.fill(sums, 0);
            for (double[][] chunk : partial) {
                for (int j = 0; j < sums.length; j++) {
                    sums[j] += chunk[group][j];
                }
            }
            value += term.value(sums);
            term.slopes(sums, factors[group]);
            for (int j = 0; j < sums.length; j++) {
                factors[group][j] *= term.weight();
            }
        }
    }

    /** Σ F of the last {@link #finish}. */
    double value() {
        return value;
    }

    /** g ← g + Σ factor · f′(w). */
    void addGradient(long start, A w, A g, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            arithmetic.addGradient(term, w, g, from, to, factors[groups.group(start + from)]);
            from = to;
        }
    }
}
