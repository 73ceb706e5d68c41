package org.espalier.runtime.optim.update;

import java.util.Arrays;
import org.espalier.runtime.kernel.memory.Parallel;
import org.espalier.runtime.optim.regularizer.Orthogonal;

/**
 * W Wᵀ − I of one parameter, and the gradient of its squared norm, in double precision.
 *
 * @param <A> array of the network's precision
 */
final class Gram<A> extends TermState<A> {
    private final Arithmetic<A> arithmetic;
    private final Orthogonal term;
    private final Groups groups;
    private final double[][] rows;
    private final double[][] gradient;
    private final double[][] product;

    Gram(Arithmetic<A> arithmetic, Orthogonal term, Groups groups) {
        this.arithmetic = arithmetic;
        this.term = term;
        this.groups = groups;
        int size = Math.toIntExact(groups.size());
        this.rows = new double[groups.count()][size];
        this.gradient = new double[groups.count()][size];
        this.product = new double[groups.count()][groups.count()];
    }

    @Override
    int order() {
        return PRODUCTS;
    }

    @Override
    boolean readsAhead() {
        return true;
    }

    /** Copies {@code n} weights, those of the parameter from {@code start} on, to their places in W. */
    @Override
    void read(int chunk, long start, A w, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            arithmetic.toDoubles(w, from, to, rows[groups.group(start + from)], groups.place(start + from));
            from = to;
        }
    }

    /** Works out the product of the weights, and the gradient of λ ‖W Wᵀ − I‖²_F. */
    @Override
    void finishReading() {
        double lambda = term.lambda();
        Parallel.forEach(rows.length, row -> {
            for (int column = 0; column <= row; column++) {
                double dot = dot(rows[row], rows[column]) - (row == column ? 1 : 0);
                product[row][column] = dot;
                product[column][row] = dot;
            }
        });
        Parallel.forEach(rows.length, row -> {
            double[] sum = gradient[row];
            Arrays.fill(sum, 0);
            for (int other = 0; other < rows.length; other++) {
                double factor = 4 * lambda * product[row][other];
                double[] weights = rows[other];
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += factor * weights[i];
                }
            }
        });
    }

    // Four sums side by side, since each addition to one has to wait for the last.
    private static double dot(double[] a, double[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            sum0 += a[i] * b[i];
            sum1 += a[i + 1] * b[i + 1];
            sum2 += a[i + 2] * b[i + 2];
            sum3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            sum0 += a[i] * b[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /** ‖W Wᵀ − I‖²_F. */
    @Override
    double addSum(double sum) {
        double norm = 0;
        for (double[] row : product) {
            for (double value : row) {
                norm += value * value;
            }
        }
        return sum + norm;
    }

    /** g ← g + gradient. */
    @Override
    void addGradient(long start, A w, A g, int n) {
        for (int from = 0; from < n; ) {
            int to = from + groups.runLength(start + from, n - from);
            arithmetic.addDoubles(g, from, to, gradient[groups.group(start + from)], groups.place(start + from));
            from = to;
        }
    }
}
