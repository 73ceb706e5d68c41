package org.espalier.runtime.optim.update;

import java.util.Arrays;
import java.util.List;
import org.espalier.runtime.optim.regularizer.GroupPenalty;
import org.espalier.runtime.optim.regularizer.TermAccess;

/**
 * The sums of one parameter's groups for a {@link GroupPenalty}, and what they become. Chunks sum by themselves, in
 * double precision, and their sums are added in order.
 *
 * <p>If the penalty is a norm, groups whose sums or results are out of range are summed once more, with their weights
 * scaled by a power of two so that the greatest is near 1.
 *
 * @param <A> array of the network's precision
 */
final class GroupSums<A> extends TermState<A> {
    private static final double LEAST = 1e-250;
    private static final double MOST = 1e250;

    private final Arithmetic<A> arithmetic;
    private final GroupPenalty term;
    private final List<Chunk<A>> chunks;
    private final Groups groups;
    /** By group: λ times what the penalty's derivatives by its sums are. */
    private final double[][] factors;
    /** By group: what its weights are multiplied by before they are summed. */
    private final double[] scales;
    /** By chunk, then by group. */
    private final double[][][] partial;

    private final double[] sums;
    private final double[] values;
    private final boolean[] lost;
    private double value;

    /** One group's part of a block. */
    private interface Run<A> {
        void take(A w, int from, int to, int group, int chunk);
    }

    /**
     * @param chunks of the parameter, as far as they are there when it is read
     * @param shape of the parameter
     * @param chunk elements of all chunks but the last
     */
    GroupSums(
            Arithmetic<A> arithmetic,
            GroupPenalty term,
            List<Chunk<A>> chunks,
            List<Long> shape,
            long length,
            int chunk) {
        this.arithmetic = arithmetic;
        this.term = term;
        this.chunks = chunks;
        this.groups = term.axis() == GroupPenalty.WHOLE ? Groups.whole(shape) : Groups.along(term, term.axis(), shape);
        this.factors = new double[groups.count()][TermAccess.sums(term)];
        this.scales = new double[groups.count()];
        this.sums = new double[TermAccess.sums(term)];
        this.values = new double[groups.count()];
        this.lost = new boolean[groups.count()];
        this.partial = new double[(int) ((length + chunk - 1) / chunk)][groups.count()][TermAccess.sums(term)];
    }

    @Override
    int order() {
        return SUMS;
    }

    @Override
    boolean readsAhead() {
        return true;
    }

    @Override
    void clear(int chunk) {
        for (double[] sums : partial[chunk]) {
            Arrays.fill(sums, 0);
        }
    }

    /** Adds what {@code n} weights come to, those of the parameter from {@code start} on. */
    @Override
    void read(int chunk, long start, A w, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            arithmetic.addSums(term, w, from, to, partial[chunk][groups.group(start + from)]);
            from = to;
        }
    }

    /** Works out the value of every group, and the factors of its gradient. */
    @Override
    void finishReading() {
        Arrays.fill(scales, 1);
        boolean anyLost = false;
        for (int group = 0; group < factors.length; group++) {
            lost[group] = !finish(group) && TermAccess.isNorm(term);
            anyLost |= lost[group];
        }
        if (anyLost) {
            scaleLost();
            for (int group = 0; group < factors.length; group++) {
                if (lost[group]) {
                    finish(group);
                }
            }
        }
        value = 0;
        for (double one : values) {
            value += one;
        }
    }

    /** Tells whether the sums of a group, and all that they become, are in range. */
    private boolean finish(int group) {
        Arrays.fill(sums, 0);
        for (double[][] chunk : partial) {
            for (int j = 0; j < sums.length; j++) {
                sums[j] += chunk[group][j];
            }
        }
        double unscaled = TermAccess.value(term, sums);
        TermAccess.slopes(term, sums, factors[group]);
        boolean inRange = isInRange(unscaled);
        for (int j = 0; j < sums.length; j++) {
            inRange &= isInRange(sums[j]) && Double.isFinite(factors[group][j]);
            factors[group][j] *= TermAccess.weight(term);
        }
        values[group] = unscaled / scales[group];
        return inRange;
    }

    private static boolean isInRange(double number) {
        double magnitude = Math.abs(number);
        return magnitude >= LEAST && magnitude <= MOST;
    }

    /** Sums some groups again, each with a scale of its own; a group of zeros has none. */
    private void scaleLost() {
        double[] largest = new double[factors.length];
        each((w, from, to, group, chunk) -> largest[group] = Math.max(largest[group], arithmetic.largest(w, from, to)));
        for (int group = 0; group < lost.length; group++) {
            if (lost[group] && largest[group] > 0 && Double.isFinite(largest[group])) {
                scales[group] = Math.scalb(1.0, -Math.getExponent(largest[group]));
                for (double[][] chunk : partial) {
                    Arrays.fill(chunk[group], 0);
                }
            }
            lost[group] &= scales[group] != 1;
        }
        A scaled = arithmetic.block(Chunk.BLOCK);
        each((w, from, to, group, chunk) -> {
            arithmetic.copyScaled(w, scales[group], scaled, from, to);
            arithmetic.addSums(term, scaled, from, to, partial[chunk][group]);
        });
    }

    /** Every part of a block that belongs to a group that was lost. */
    private void each(Run<A> run) {
        A w = arithmetic.block(Chunk.BLOCK);
        for (Chunk<A> chunk : chunks) {
            for (int block = 0; block < chunk.blocks(); block++) {
                int n = chunk.blockLength(block);
                long start = chunk.start + (long) block * Chunk.BLOCK;
                boolean isRead = false;
                for (int from = 0; from < n; ) {
                    int to = from + groups.runLength(start + from, n - from);
                    int group = groups.group(start + from);
                    if (lost[group]) {
                        if (!isRead) {
                            chunk.values.get(block * Chunk.BLOCK, w, n);
                            isRead = true;
                        }
                        run.take(w, from, to, group, chunk.index());
                    }
                    from = to;
                }
            }
        }
    }

    @Override
    double addSum(double sum) {
        return sum + value;
    }

    /** g ← g + Σ factor · f′(w). */
    @Override
    void addGradient(long start, A w, A g, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            int group = groups.group(start + from);
            A weights = w;
            if (scales[group] != 1) {
                weights = arithmetic.block(n);
                arithmetic.copyScaled(w, scales[group], weights, from, to);
            }
            arithmetic.addGradient(term, weights, g, from, to, factors[group]);
            from = to;
        }
    }
}
