package org.espalier.runtime;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The places that the compiler planned for the arrays of one object of a block. The class of the block says which
 * arrays there are and of which shapes; where they lie differs from object to object, so each array is taken from the
 * next place.
 */
public final class Places {
    private final Memory memory;
    private final long[] offsets;
    private int taken;

    Places(Memory memory, long... offsets) {
        this.memory = memory;
        this.offsets = offsets.clone();
    }

    /**
     * The next array with a batch axis.
     *
     * @param sample the shape of one sample
     */
    public @Nullable INDArray perSample(long... sample) {
        return memory.perSample(next(), sample);
    }

    /**
     * The next array without a batch axis.
     *
     * @param shape its shape
     */
    public @Nullable INDArray fixed(long... shape) {
        return memory.fixed(next(), shape);
    }

    /**
     * The next array that is a part of another one, such as some channels of a concatenation.
     *
     * @param sample the shape of one sample of the part
     */
    public @Nullable INDArray part(long... sample) {
        return memory.part(next(), next(), next(), sample);
    }

    /**
     * The next array that lies between the elements of others.
     *
     * @param sample the shape of one sample
     */
    public @Nullable INDArray strided(long... sample) {
        long of = next();
        long size = next();
        long from = next();
        long[] strides = new long[sample.length];
        for (int axis = 0; axis < sample.length; axis++) {
            strides[axis] = next();
        }
        return memory.strided(of, size, from, strides, sample);
    }

    /** {@link Memory#narrow}. */
    public @Nullable INDArray narrow(@Nullable INDArray of, int axis, long from, long count) {
        return memory.narrow(of, axis, from, count);
    }

    /** {@link Memory#permute}. */
    public @Nullable INDArray permute(@Nullable INDArray of, int... order) {
        return memory.permute(of, order);
    }

    /** {@link Memory#channels}. */
    public @Nullable INDArray channels(@Nullable INDArray of, long from, long count) {
        return memory.channels(of, from, count);
    }

    /** {@link Memory#view}. */
    public @Nullable INDArray view(@Nullable INDArray of, long... sample) {
        return memory.view(of, sample);
    }

    /** {@link Memory#fixedView}. */
    public @Nullable INDArray fixedView(@Nullable INDArray of, long... shape) {
        return memory.fixedView(of, shape);
    }

    private long next() {
        if (taken == offsets.length) {
            throw new IllegalStateException(
                    "a block takes more arrays than there are places for: " + Arrays.toString(offsets) + Memory.AGAIN);
        }
        return offsets[taken++];
    }
}
