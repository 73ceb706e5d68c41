package org.espalier.runtime.optim.update;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.espalier.runtime.kernel.elementwise.Formulas;
import org.espalier.runtime.kernel.product.Squares;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.regularizer.GroupPenalty;
import org.espalier.runtime.optim.regularizer.L1;
import org.espalier.runtime.optim.regularizer.L2;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.espalier.runtime.optim.regularizer.TermAccess;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Single precision. */
final class Floats implements Arithmetic<float[]> {
    /** Weights with less than this grow by no ordinary step to some whose sums single precision does not hold. */
    private static final double LARGE_SUM = 1e30;

    private final Optional<InPlaceAdam> inPlace;

    /** Arithmetic that always copies. */
    Floats() {
        this(Optional.empty());
    }

    /** With what can work without copying, if anything. */
    Floats(Optional<InPlaceAdam> inPlace) {
        this.inPlace = inPlace;
    }

    private record FloatStore(FloatBuffer buffer, long address) implements Store<float[]> {
        @Override
        public void get(int index, float[] block, int n) {
            buffer.get(index, block, 0, n);
        }

        @Override
        public void put(int index, float[] block, int n) {
            buffer.put(index, block, 0, n);
        }

        @Override
        public int length() {
            return buffer.capacity();
        }

        @Override
        public double squares(float[] block) {
            return Squares.sum(address, length());
        }
    }

    @Override
    public Store<float[]> store(INDArray flat, long offset, int length) {
        FloatPointer pointer = pointer(flat, offset, length);
        return new FloatStore(pointer.asBuffer(), pointer.address());
    }

    /** To a stretch by itself, since one buffer cannot address more than 2 GiB. */
    private static FloatPointer pointer(INDArray flat, long offset, int length) {
        FloatPointer pointer = new FloatPointer(flat.data().pointer()).getPointer(flat.offset() + offset);
        return pointer.capacity(length);
    }

    @Override
    public Optional<InPlace<float[]>> inPlace(INDArray values, INDArray gradients, long offset, int length) {
        return inPlace.map(adam -> {
            InPlaceAdam.Stretch stretch =
                    adam.over(bytes(pointer(values, offset, length)), bytes(pointer(gradients, offset, length)));
            return (from, n, state, coefficients, sums) ->
                    stretch.step(from, n, state[0], state[1], coefficients, sums);
        });
    }

    private static ByteBuffer bytes(FloatPointer pointer) {
        return new BytePointer(pointer)
                .capacity(pointer.capacity() * Float.BYTES)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    @Override
    public int bytes() {
        return Float.BYTES;
    }

    @Override
    public float[] block(int length) {
        return new float[length];
    }

    @Override
    public float[][] blocks(int count, int length) {
        return new float[count][length];
    }

    @Override
    public void clear(float[] block, int n) {
        Arrays.fill(block, 0, n, 0f);
    }

    @Override
    public void clip(float[] g, double scale, double limit, int n) {
        float factor = (float) scale;
        float bound = (float) limit;
        if (!isExact(factor)) {
            for (int i = 0; i < n; i++) {
                g[i] = Math.max(-bound, Math.min(bound, (float) (scale * g[i])));
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            g[i] = Math.max(-bound, Math.min(bound, factor * g[i]));
        }
    }

    /**
     * Tells whether a factor has all its digits in single precision, rather than being too small or too large for them.
     */
    static boolean isExact(float factor) {
        float magnitude = Math.abs(factor);
        return magnitude >= Float.MIN_NORMAL && magnitude <= Float.MAX_VALUE;
    }

    @Override
    public void accumulate(Penalty penalty, float[] w, float[] g, float[] sum, int n) {
        TermAccess.accumulate(penalty, w, g, sum, n);
    }

    @Override
    public void accumulate(L1 l1, L2 l2, float[] w, float[] g, float[] sum, float[] squares, int n) {
        float lambda1 = (float) l1.lambda();
        float lambda2 = (float) l2.lambda();
        for (int i = 0; i < n; i++) {
            g[i] = g[i] + lambda1 * Formulas.sign(w[i]) + lambda2 * w[i];
            sum[i] += Math.abs(w[i]);
            squares[i] += w[i] * w[i];
        }
    }

    @Override
    public void addSums(GroupPenalty penalty, float[] w, int from, int to, double[] sums) {
        TermAccess.addSums(penalty, w, from, to, sums);
    }

    @Override
    public void addGradient(GroupPenalty penalty, float[] w, float[] g, int from, int to, double[] factors) {
        TermAccess.addGradient(penalty, w, g, from, to, factors);
    }

    @Override
    public void copyScaled(float[] w, double scale, float[] copy, int from, int to) {
        for (int i = from; i < to; i++) {
            copy[i] = (float) (scale * w[i]);
        }
    }

    @Override
    public void apply(Optimizer.Update step, float[] w, float[] g, float[][] state, int n) {
        step.apply(w, g, state, n);
    }

    @Override
    public void direct(Optimizer.WholeUpdate step, float[] w, float[] g, float[][] state, int n) {
        step.direct(w, g, state, n);
    }

    @Override
    public void scale(float[] w, double factor, double divisor, int from, int to) {
        float scale = (float) (factor / divisor);
        if (factor != 0 && !isExact(scale)) {
            for (int i = from; i < to; i++) {
                w[i] = (float) (factor * (w[i] / divisor));
            }
            return;
        }
        for (int i = from; i < to; i++) {
            w[i] *= scale;
        }
    }

    @Override
    public void addScaled(float[] g, double factor, double divisor, float[] w, int from, int to) {
        float scale = (float) (factor / divisor);
        if (factor != 0 && !isExact(scale)) {
            for (int i = from; i < to; i++) {
                g[i] += (float) (factor * (w[i] / divisor));
            }
            return;
        }
        for (int i = from; i < to; i++) {
            g[i] += scale * w[i];
        }
    }

    @Override
    public double addSquares(double sum, float[] w, int from, int to) {
        double sum0 = 0;
        double sum1 = 0;
        int i = from;
        for (; i + 1 < to; i += 2) {
            sum0 += (double) w[i] * w[i];
            sum1 += (double) w[i + 1] * w[i + 1];
        }
        return sum + (i < to ? (sum0 + sum1) + (double) w[i] * w[i] : sum0 + sum1);
    }

    @Override
    public double addSquares(double sum, float[] w, float[] rates, int from, int to) {
        double squares = 0;
        for (int i = from; i < to; i++) {
            double ratio = (double) w[i] / rates[i];
            squares += ratio * ratio;
        }
        return sum + squares;
    }

    @Override
    public double joinSquares(double one, double other) {
        return one + other;
    }

    @Override
    public double norm(double sum) {
        return Math.sqrt(sum);
    }

    @Override
    public double squares(float[] w, double divisor, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            double quotient = w[i] / divisor;
            sum += quotient * quotient;
        }
        return sum;
    }

    @Override
    public double largest(float[] w, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(w[i]));
        }
        return largest;
    }

    @Override
    public void toDoubles(float[] w, int from, int to, double[] row, int place) {
        for (int i = from; i < to; i++) {
            row[place + i - from] = w[i];
        }
    }

    @Override
    public void addDoubles(float[] g, int from, int to, double[] row, int place) {
        for (int i = from; i < to; i++) {
            g[i] += (float) row[place + i - from];
        }
    }

    @Override
    public void rates(Optimizer.Update step, float[] rates, float[][] state, int n) {
        step.rates(rates, state, n);
    }

    // What is taken off is w itself where |w| is below the threshold, so that the rest is 0 exactly.
    @Override
    public void shrink(float[] w, float[] rates, double lambda, int n) {
        float factor = (float) lambda;
        for (int i = 0; i < n; i++) {
            float threshold = rates[i] * factor;
            w[i] -= Math.max(-threshold, Math.min(threshold, w[i]));
        }
    }

    // Four sums side by side, since each addition to one has to wait for the last.
    @Override
    public double sum(float[] block, int n) {
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
        return !(sum < LARGE_SUM);
    }

    @Override
    public double sum(Penalty penalty, float[] w, int n) {
        return TermAccess.sum(penalty, w, n);
    }

    @Override
    public void write(float[] block, int n, ByteBuffer bytes) {
        for (int i = 0; i < n; i++) {
            bytes.putFloat(block[i]);
        }
    }

    @Override
    public void read(float[] block, int n, ByteBuffer bytes) {
        for (int i = 0; i < n; i++) {
            block[i] = bytes.getFloat();
        }
    }
}
