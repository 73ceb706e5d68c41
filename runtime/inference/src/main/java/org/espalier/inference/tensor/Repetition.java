package org.espalier.inference.tensor;

import java.util.Arrays;

/**
 * An operand that is repeated over a larger tensor: for each run of the larger one's elements, whether the operand's
 * elements stand still or go along, and where they begin.
 */
public final class Repetition {
    private final FloatTensor operand;

    /** Elements of a sample of the larger tensor over which the operand is constant, or goes along. */
    public final int run;

    private final boolean constant;
    private final int[] sizes;
    private final int[] steps;
    private final int sampleStep;

    /**
     * An operand.
     *
     * @param like the larger tensor
     * @param axis its axis along which the first of the operand lies
     */
    public Repetition(FloatTensor operand, FloatTensor like, int axis) {
        this.operand = operand;
        int before = like.batched ? 1 : 0;
        int[] all = like.sizes;
        int[] strides = new int[all.length];
        int step = 1;
        int first = operand.batched ? 1 : axis; // The axis of the larger one for operand.sizes[0].
        for (int i = operand.sizes.length - 1; i >= 0; i--) {
            int place = first + i - before;
            if (place >= 0 && operand.sizes[i] > 1) {
                strides[place] = step;
            }
            step *= operand.sizes[i];
        }
        sampleStep = operand.batched ? operand.stride : 0;
        int last = all.length - 1;
        while (last >= 0 && all[last] == 1) {
            last--;
        }
        boolean still = last < 0 || strides[last] == 0;
        int length = 1;
        while (last >= 0 && (all[last] == 1 || strides[last] == (still ? 0 : length))) {
            length *= all[last--];
        }
        run = length;
        constant = still;
        sizes = Arrays.copyOf(all, last + 1);
        steps = Arrays.copyOf(strides, last + 1);
    }

    /** Returns where the operand's elements for a run begin. */
    public int start(int sample, int number) {
        int rest = number;
        int at = operand.offset + sample * sampleStep;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            at += rest % sizes[axis] * steps[axis];
            rest /= sizes[axis];
        }
        return at;
    }

    /** Tells whether it is one element everywhere. */
    public boolean isConstant() {
        return constant;
    }

    /** Copies the operand's elements for elements {@code from} on of a sample. */
    public void read(int sample, int from, int count, float[] into) {
        int done = 0;
        while (done < count) {
            int place = from + done;
            int length = Math.min(run - place % run, count - done);
            int at = start(sample, place / run);
            if (constant) {
                Arrays.fill(into, done, done + length, operand.data()[at]);
            } else {
                System.arraycopy(operand.data(), at + place % run, into, done, length);
            }
            done += length;
        }
    }
}
