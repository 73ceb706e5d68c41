package org.espalier.runtime;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.espalier.runtime.storage.OffHeap;
import org.espalier.runtime.storage.Strides;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Hands out a network's arena as arrays, by the places that the compiler planned. The arena has {@code batch ×
 * perSample} numbers for values with a batch axis, then those for the others. That of a network that shares another's
 * weights, and so only runs forward, is arranged by itself, and has no place for what only backward writes: such arrays
 * are null.
 */
public final class Memory {
    /** Advice about classes whose parts do not fit each other. */
    static final String AGAIN = "; generate the class again with this version of Espalier";

    private final OffHeap arena;
    private final long batch;
    private final long fixedStart;
    private final boolean forwardAlone;
    private final Deque<Long> inView = new ArrayDeque<>();
    private boolean arranged;

    Memory(OffHeap arena, long batch, long perSample, boolean forwardAlone) {
        this.arena = arena;
        this.batch = batch;
        this.fixedStart = Math.multiplyExact(batch, perSample);
        this.forwardAlone = forwardAlone;
    }

    /**
     * Announces where the arrays that are taken next lie in a network that only runs forward, one after another.
     *
     * @param offsets numbers that lie before each, in place of those that taking it says; −1 if it is not there
     */
    public void inView(long... offsets) {
        if (forwardAlone) {
            arranged = true;
            Arrays.stream(offsets).forEach(inView::add);
        }
    }

    /** The offset of the array that is taken, −1 if it is not there. */
    private long place(long offset) {
        if (!arranged) {
            return offset;
        }
        Long other = inView.poll();
        if (other == null) {
            throw new IllegalStateException("a network takes more arrays than it announced" + AGAIN);
        }
        return other;
    }

    /** Requires that every array was taken that was announced. */
    void requireTaken() {
        if (!inView.isEmpty()) {
            throw new IllegalStateException(
                    "a network left " + inView.size() + " of the arrays that it announced" + AGAIN);
        }
    }

    /**
     * An array with a batch axis.
     *
     * @param offset numbers of each sample that lie before it
     * @param sample the shape of one sample
     */
    public @Nullable INDArray perSample(long offset, long... sample) {
        long place = place(offset);
        return place < 0 ? null : arena.view(Math.multiplyExact(batch, place), batched(sample));
    }

    /**
     * An array without a batch axis.
     *
     * @param offset numbers without a batch axis that lie before it
     * @param shape its shape
     */
    public @Nullable INDArray fixed(long offset, long... shape) {
        long place = place(offset);
        return place < 0 ? null : arena.view(fixedStart + place, shape);
    }

    /**
     * A part of what each sample of an array has, in its memory.
     *
     * @param of numbers of each sample that lie before the array
     * @param size numbers of each sample in the array
     * @param from numbers of those that lie before the part
     * @param sample the shape of one sample of the part
     */
    public @Nullable INDArray part(long of, long size, long from, long... sample) {
        long place = place(of);
        if (place < 0) {
            return null;
        }
        long[] shape = batched(sample);
        long[] strides = Strides.of(shape);
        strides[0] = size;
        return arena.view(Math.addExact(Math.multiplyExact(batch, place), from), shape, strides);
    }

    /**
     * Some of an array's channels, in its memory.
     *
     * @param of an array {@code [batch, channels, …]}
     * @param from the first channel
     * @param count how many
     */
    public @Nullable INDArray channels(@Nullable INDArray of, long from, long count) {
        return narrow(of, 1, from, count);
    }

    /**
     * Some places of an axis of an array, in its memory.
     *
     * @param of any array of the arena
     * @param axis counted with the batch
     * @param from the first place
     * @param count how many
     */
    public @Nullable INDArray narrow(@Nullable INDArray of, int axis, long from, long count) {
        if (of == null) {
            return null;
        }
        long[] shape = of.shape().clone();
        shape[axis] = count;
        return arena.view(
                of.offset() + from * of.stride()[axis], shape, of.stride().clone());
    }

    /**
     * An array with its axes in another order, in its memory, for products, which can follow strides.
     *
     * @param of any array of the arena
     * @param order for each axis that of {@code of} which it is
     */
    public @Nullable INDArray permute(@Nullable INDArray of, int... order) {
        if (of == null) {
            return null;
        }
        return arena.view(
                of.offset(),
                Arrays.stream(order).mapToLong(of::size).toArray(),
                Arrays.stream(order).mapToLong(of::stride).toArray());
    }

    /**
     * Some elements of what each sample of an array has, in its memory, for products, which can follow strides.
     *
     * @param of numbers of each sample that lie before the array
     * @param size numbers of each sample in the array
     * @param from numbers of those that lie before the first element
     * @param strides numbers from one place of each axis to the next
     * @param sample the shape of one sample
     */
    public @Nullable INDArray strided(long of, long size, long from, long[] strides, long... sample) {
        long place = place(of);
        if (place < 0) {
            return null;
        }
        long[] all = new long[strides.length + 1];
        all[0] = size;
        System.arraycopy(strides, 0, all, 1, strides.length);
        return arena.view(Math.addExact(Math.multiplyExact(batch, place), from), batched(sample), all);
    }

    /**
     * The same numbers in the same order under another shape, which strides must be able to say.
     *
     * @param of any array of the arena with a batch axis
     * @param sample the other shape of one sample
     */
    public @Nullable INDArray view(@Nullable INDArray of, long... sample) {
        if (of == null) {
            return null;
        }
        long[] shape = batched(sample);
        return arena.view(of.offset(), shape, Strides.reshaped(of.shape(), of.stride(), shape));
    }

    /**
     * The same numbers under another shape, of an array without a batch axis.
     *
     * @param of any array of the arena that lies without gaps but for those between the elements of its first axis
     * @param shape the other shape, with the same first axis if there are gaps
     */
    public @Nullable INDArray fixedView(@Nullable INDArray of, long... shape) {
        if (of == null) {
            return null;
        }
        long[] strides = Strides.of(shape);
        if (of.size(0) == shape[0]) {
            strides[0] = of.stride()[0];
        }
        return arena.view(of.offset(), shape, strides);
    }

    /**
     * The places of a block's arrays, which the block takes one after another.
     *
     * @param offsets what {@link #perSample}, {@link #fixed} and {@link #part} need to know besides the shape, in the
     *     order in which the block asks
     */
    public Places places(long... offsets) {
        return new Places(this, offsets);
    }

    private long[] batched(long[] sample) {
        long[] shape = new long[sample.length + 1];
        shape[0] = batch;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        return shape;
    }
}
