package org.espalier.runtime;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Hands out a network's arena as arrays, by the places that the compiler planned. The arena has {@code batch ×
 * perSample} numbers for values with a batch axis, then those for the others.
 */
public final class Memory {
    private final DataBuffer arena;
    private final long batch;
    private final long fixedStart;

    Memory(INDArray arena, long batch, long perSample) {
        this.arena = arena.data();
        this.batch = batch;
        this.fixedStart = Math.multiplyExact(batch, perSample);
    }

    /**
     * An array with a batch axis.
     *
     * @param offset numbers of each sample that lie before it
     * @param shape its shape, the batch first
     */
    public INDArray perSample(long offset, long... shape) {
        return view(Math.multiplyExact(batch, offset), shape, OffHeap.strides(shape));
    }

    /**
     * An array without a batch axis.
     *
     * @param offset numbers without a batch axis that lie before it
     * @param shape its shape
     */
    public INDArray fixed(long offset, long... shape) {
        return view(fixedStart + offset, shape, OffHeap.strides(shape));
    }

    /**
     * Some of an array's channels, in its memory.
     *
     * @param of an array {@code [batch, channels, …]}
     * @param from the first channel
     * @param count how many
     */
    public INDArray channels(INDArray of, int from, int count) {
        long[] shape = of.shape().clone();
        shape[1] = count;
        return view(of.offset() + from * of.stride()[1], shape, of.stride().clone());
    }

    /**
     * The same numbers under another shape. Samples of {@code of} must lie without gaps in themselves.
     *
     * @param of any array of the arena with the same first axis
     * @param shape the other shape
     */
    public INDArray view(INDArray of, long... shape) {
        long[] strides = OffHeap.strides(shape);
        strides[0] = of.stride()[0];
        return view(of.offset(), shape, strides);
    }

    private INDArray view(long offset, long[] shape, long[] strides) {
        return Nd4j.create(arena, shape, strides, offset, 'c', arena.dataType());
    }
}
