package org.espalier.runtime.kernel.elementwise;

import org.espalier.runtime.kernel.memory.Operand;
import org.espalier.runtime.kernel.memory.RandomStream;

/** Draws dropout's mask, writes it, and multiplies by it. */
public final class DropoutEpilogue extends Epilogue {
    private final Operand mask;
    private final double p;
    private final long first;

    /** Takes the draws, one for each element of the mask, which is contiguous. */
    public DropoutEpilogue(Operand mask, double p, RandomStream random) {
        this.mask = mask;
        this.p = p;
        this.first = random.take(mask.size());
    }

    @Override
    boolean isContiguous() {
        return true;
    }

    @Override
    public void run(float[] values, int sample, int from, int count, float[] spare) {
        int start = sample * mask.sampleSize + from;
        float kept = (float) (1 / (1 - p));
        for (int i = 0; i < count; i++) {
            spare[i] = isDropped(start + i) ? 0 : kept;
        }
        mask.put(start, spare, count);
        FloatElementwise.multiply(values, spare, count);
    }

    @Override
    public void run(double[] values) {
        double[] drawn = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            drawn[i] = isDropped(i) ? 0 : 1 / (1 - p);
            values[i] *= drawn[i];
        }
        mask.write(drawn);
    }

    private boolean isDropped(int index) {
        return RandomStream.isBelow(p, first + index * RandomStream.STEP);
    }
}
