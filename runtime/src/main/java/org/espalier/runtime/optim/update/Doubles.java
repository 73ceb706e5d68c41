package org.espalier.runtime.optim.update;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.espalier.runtime.kernel.elementwise.Formulas;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.GroupPenalty;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.espalier.runtime.optim.regularizer.TermAccess;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Double precision. */
final class Doubles implements Arithmetic<double[]> {
    /** Between these, a sum of squares has lost nothing that counts, and can still be added to. */
    private static final double LEAST_SQUARES = 1e-250;

    private static final double MOST_SQUARES = 1e250;

    private record DoubleStore(DoubleBuffer buffer) implements Store<double[]> {
        @Override
        public void get(int index, double[] block, int n) {
            buffer.get(index, block, 0, n);
        }

        @Override
        public void put(int index, double[] block, int n) {
            buffer.put(index, block, 0, n);
        }

        @Override
        public int length() {
            return buffer.capacity();
        }

        @Override
        public double squares(double[] block) {
            double sum = 0;
            for (int start = 0; start < length(); start += block.length) {
                int n = Math.min(block.length, length() - start);
                get(start, block, n);
                sum += plainSquares(block, 0, n);
            }
            return sum;
        }
    }

    @Override
    public Store<double[]> store(INDArray flat, long offset, int length) {
        // A buffer of its own for each stretch, since one buffer cannot address more than 2 GiB.
        DoublePointer pointer = new DoublePointer(flat.data().pointer()).getPointer(flat.offset() + offset);
        return new DoubleStore(pointer.capacity(length).asBuffer());
    }

    @Override
    public Optional<InPlace<double[]>> inPlace(INDArray values, INDArray gradients, long offset, int length) {
        return Optional.empty();
    }

    @Override
    public int bytes() {
        return Double.BYTES;
    }

    @Override
    public double[] block(int length) {
        return new double[length];
    }

    @Override
    public double[][] blocks(int count, int length) {
        return new double[count][length];
    }

    @Override
    public void clear(double[] block, int n) {
        Arrays.fill(block, 0, n, 0.0);
    }

    @Override
    public void clip(double[] g, double scale, double limit, int n) {
        for (int i = 0; i < n; i++) {
            g[i] = Math.max(-limit, Math.min(limit, scale * g[i]));
        }
    }

    @Override
    public void accumulate(Penalty penalty, double[] w, double[] g, double[] sum, int n) {
        TermAccess.accumulate(penalty, w, g, sum, n);
    }

    @Override
    public void accumulate(L1 l1, L2 l2, double[] w, double[] g, double[] sum, double[] squares, int n) {
        double lambda1 = l1.lambda();
        double lambda2 = l2.lambda();
        for (int i = 0; i < n; i++) {
            g[i] = g[i] + lambda1 * Formulas.sign(w[i]) + lambda2 * w[i];
            sum[i] += Math.abs(w[i]);
            squares[i] += w[i] * w[i];
        }
    }

    @Override
    public void addSums(GroupPenalty penalty, double[] w, int from, int to, double[] sums) {
        TermAccess.addSums(penalty, w, from, to, sums);
    }

    @Override
    public void addGradient(GroupPenalty penalty, double[] w, double[] g, int from, int to, double[] factors) {
        TermAccess.addGradient(penalty, w, g, from, to, factors);
    }

    @Override
    public void copyScaled(double[] w, double scale, double[] copy, int from, int to) {
        for (int i = from; i < to; i++) {
            copy[i] = scale * w[i];
        }
    }

    @Override
    public void apply(Optimizer.Update step, double[] w, double[] g, double[][] state, int n) {
        step.apply(w, g, state, n);
    }

    @Override
    public void direct(Optimizer.WholeUpdate step, double[] w, double[] g, double[][] state, int n) {
        step.direct(w, g, state, n);
    }

    /** Tells whether a factor has all its digits, rather than being too small or too large for them. */
    private static boolean isExact(double factor) {
        double magnitude = Math.abs(factor);
        return magnitude >= Double.MIN_NORMAL && magnitude <= Double.MAX_VALUE;
    }

    @Override
    public void scale(double[] w, double factor, double divisor, int from, int to) {
        double scale = factor / divisor;
        if (factor != 0 && !isExact(scale)) {
            for (int i = from; i < to; i++) {
                w[i] = factor * (w[i] / divisor);
            }
            return;
        }
        for (int i = from; i < to; i++) {
            w[i] *= scale;
        }
    }

    @Override
    public void addScaled(double[] g, double factor, double divisor, double[] w, int from, int to) {
        double scale = factor / divisor;
        if (factor != 0 && !isExact(scale)) {
            for (int i = from; i < to; i++) {
                g[i] += factor * (w[i] / divisor);
            }
            return;
        }
        for (int i = from; i < to; i++) {
            g[i] += scale * w[i];
        }
    }

    @Override
    public double addSquares(double sum, double[] w, int from, int to) {
        double squares = plainSquares(w, from, to);
        if (isKept(squares)) {
            return joinSquares(sum, Math.sqrt(squares));
        }
        double largest = largest(w, from, to);
        return largest == 0 || !Double.isFinite(largest)
                ? sum + largest
                : joinSquares(sum, largest * Math.sqrt(squares(w, largest, from, to)));
    }

    private static boolean isKept(double squares) {
        return squares >= LEAST_SQUARES && squares <= MOST_SQUARES;
    }

    @Override
    public double addSquares(double sum, double[] w, double[] rates, int from, int to) {
        double squares = 0;
        double largest = 0;
        for (int i = from; i < to; i++) {
            double ratio = w[i] / rates[i];
            squares += ratio * ratio;
            largest = Math.max(largest, Math.abs(ratio));
        }
        if (isKept(squares)) {
            return joinSquares(sum, Math.sqrt(squares));
        }
        if (largest == 0 || !Double.isFinite(largest)) {
            return sum + largest;
        }
        squares = 0;
        for (int i = from; i < to; i++) {
            double quotient = w[i] / rates[i] / largest;
            squares += quotient * quotient;
        }
        return joinSquares(sum, largest * Math.sqrt(squares));
    }

    @Override
    public double joinSquares(double one, double other) {
        double squares = one * one + other * other;
        return isKept(squares) ? Math.sqrt(squares) : Math.hypot(one, other);
    }

    @Override
    public double norm(double sum) {
        return sum;
    }

    @Override
    public double squares(double[] w, double divisor, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            double quotient = w[i] / divisor;
            sum += quotient * quotient;
        }
        return sum;
    }

    @Override
    public double largest(double[] w, int from, int to) {
        double largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(w[i]));
        }
        return largest;
    }

    private static double plainSquares(double[] w, int from, int to) {
        double sum0 = 0;
        double sum1 = 0;
        int i = from;
        for (; i + 1 < to; i += 2) {
            sum0 += w[i] * w[i];
            sum1 += w[i + 1] * w[i + 1];
        }
        return i < to ? (sum0 + sum1) + w[i] * w[i] : sum0 + sum1;
    }

    @Override
    public void toDoubles(double[] w, int from, int to, double[] row, int place) {
        for (int i = from; i < to; i++) {
            row[place + i - from] = w[i];
        }
    }

    @Override
    public void addDoubles(double[] g, int from, int to, double[] row, int place) {
        for (int i = from; i < to; i++) {
            g[i] += row[place + i - from];
        }
    }

    @Override
    public void rates(Optimizer.Update step, double[] rates, double[][] state, int n) {
        step.rates(rates, state, n);
    }

    // What is taken off is w itself where |w| is below the threshold, so that the rest is 0 exactly.
    @Override
    public void shrink(double[] w, double[] rates, double lambda, int n) {
        double factor = lambda;
        for (int i = 0; i < n; i++) {
            double threshold = rates[i] * factor;
            w[i] -= Math.max(-threshold, Math.min(threshold, w[i]));
        }
    }

    // Four sums side by side, since each addition to one has to wait for the last.
    @Override
    public double sum(double[] block, int n) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            sum0 += block[i];
            sum1 += block[i + 1];
            sum2 += block[i + 2];
            sum3 += block[i + 3];
        }
        for (; i < n; i++) {
            sum0 += block[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    @Override
    public boolean mayOverflow(double sum) {
        return false;
    }

    @Override
    public double sum(Penalty penalty, double[] w, int n) {
        throw new IllegalStateException("sums of double precision are exact");
    }

    @Override
    public void write(double[] block, int n, ByteBuffer bytes) {
        for (int i = 0; i < n; i++) {
            bytes.putDouble(block[i]);
        }
    }

    @Override
    public void read(double[] block, int n, ByteBuffer bytes) {
        for (int i = 0; i < n; i++) {
            block[i] = bytes.getDouble();
        }
    }
}
