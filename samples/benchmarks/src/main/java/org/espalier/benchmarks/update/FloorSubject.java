package org.espalier.benchmarks.update;

import org.espalier.benchmarks.subject.Natives;
import org.espalier.benchmarks.subject.Subject;
import org.espalier.runtime.kernel.memory.Parallel;

/**
 * The least that an update can cost: one pass over the same seven streams on all cores, with so little arithmetic that
 * memory alone sets the time. It is no optimizer.
 */
public final class FloorSubject implements Subject {
    private static final int CHUNK = 1 << 16;

    private final float[] w;
    private final float[] g;
    private final float[] m;
    private final float[] v;

    /** For so many numbers. */
    public FloorSubject(int count) {
        w = Task.weights(count);
        g = Task.gradients(count);
        m = new float[count];
        v = new float[count];
    }

    @Override
    public void step() {
        Parallel.forEach(
                (w.length + CHUNK - 1) / CHUNK, chunk -> pass(chunk * CHUNK, Math.min(w.length, (chunk + 1) * CHUNK)));
    }

    private void pass(int from, int to) {
        for (int i = from; i < to; i++) {
            m[i] = 0.5f * m[i] + g[i];
            v[i] = 0.5f * v[i] + g[i];
            w[i] -= m[i] + v[i];
        }
    }

    @Override
    public double amount() {
        return Task.GIGABYTES;
    }

    @Override
    public String build() {
        return Natives.JAVA;
    }
}
