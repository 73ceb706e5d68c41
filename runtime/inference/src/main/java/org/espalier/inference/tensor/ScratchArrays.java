package org.espalier.inference.tensor;

import java.util.ArrayDeque;

/** Arrays that a thread keeps for intermediate values, handed out and given back like a stack. */
public final class ScratchArrays {
    private static final ThreadLocal<ScratchArrays> OF_THREAD = ThreadLocal.withInitial(ScratchArrays::new);

    /** Kept arrays, the largest of which is {@code 4 * MOST} bytes. */
    private static final int MOST = 1 << 22;

    private final ArrayDeque<float[]> free = new ArrayDeque<>();

    private ScratchArrays() {}

    /** An array of at least so many elements, with anything in it. */
    public static float[] take(int length) {
        float[] array = OF_THREAD.get().free.poll();
        return array != null && array.length >= length ? array : new float[length];
    }

    /** Gives an array back. */
    public static void give(float[] array) {
        if (array.length <= MOST) {
            OF_THREAD.get().free.push(array);
        }
    }
}
