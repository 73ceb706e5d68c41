package org.espalier.runtime.optim;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Double precision. */
final class Doubles implements Arithmetic<double[]> {
    private record DoubleStore(DoubleBuffer buffer) implements Store<double[]> {
        @Override
        public void get(int index, double[] block, int n) {
            buffer.get(index, block, 0, n);
        }

        @Override
        public void put(int index, double[] block, int n) {
            buffer.put(index, block, 0, n);
        }
    }

    @Override
    public Store<double[]> store(INDArray flat, long offset, int length) {
        // A buffer of its own for each stretch, since one buffer cannot address more than 2 GiB.
        DoublePointer pointer = new DoublePointer(flat.data().pointer()).getPointer(flat.offset() + offset);
        return new DoubleStore(pointer.capacity(length).asBuffer());
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
    public void addSquares(double[] g, double[] sum, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += g[i] * g[i];
        }
    }

    @Override
    public void accumulate(Penalty penalty, double[] w, double[] g, double[] sum, int n) {
        penalty.accumulate(w, g, sum, n);
    }

    @Override
    public void apply(Optimizer.Step step, double[] w, double[] g, double[][] state, int n) {
        step.apply(w, g, state, n);
    }

    @Override
    public double sum(double[] block, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += block[i];
        }
        return sum;
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
