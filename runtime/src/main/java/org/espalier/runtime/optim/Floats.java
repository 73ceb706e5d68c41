package org.espalier.runtime.optim;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Single precision. */
final class Floats implements Arithmetic<float[]> {
    private record FloatStore(FloatBuffer buffer) implements Store<float[]> {
        @Override
        public void get(int index, float[] block, int n) {
            buffer.get(index, block, 0, n);
        }

        @Override
        public void put(int index, float[] block, int n) {
            buffer.put(index, block, 0, n);
        }
    }

    @Override
    public Store<float[]> store(INDArray flat, long offset, int length) {
        // A buffer of its own for each stretch, since one buffer cannot address more than 2 GiB.
        FloatPointer pointer = new FloatPointer(flat.data().pointer()).getPointer(flat.offset() + offset);
        return new FloatStore(pointer.capacity(length).asBuffer());
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
        for (int i = 0; i < n; i++) {
            g[i] = Math.max(-bound, Math.min(bound, factor * g[i]));
        }
    }

    @Override
    public void addSquares(float[] g, float[] sum, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += g[i] * g[i];
        }
    }

    @Override
    public void accumulate(Penalty penalty, float[] w, float[] g, float[] sum, int n) {
        penalty.accumulate(w, g, sum, n);
    }

    @Override
    public void apply(Optimizer.Step step, float[] w, float[] g, float[][] state, int n) {
        step.apply(w, g, state, n);
    }

    @Override
    public double sum(float[] block, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += block[i];
        }
        return sum;
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
