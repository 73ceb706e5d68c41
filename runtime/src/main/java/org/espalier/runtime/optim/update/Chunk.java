package org.espalier.runtime.optim.update;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Up to 16 blocks of one parameter, which one thread works through.
 *
 * @param <A> array of the network's precision
 */
final class Chunk<A> {
    /**
     * Numbers of a block. Half as many would stay in a first-level cache, but then each loop has to start twice as
     * often, which costs more.
     */
    static final int BLOCK = 4_096;

    /** Blocks of a chunk. */
    static final int BLOCKS = 16;

    /** Numbers of a chunk. */
    static final int LENGTH = BLOCKS * BLOCK;

    final Slot<A> slot;
    final Arithmetic.Store<A> values;
    final Arithmetic.Store<A> gradients;
    final Optional<Arithmetic.InPlace<A>> inPlace;
    /** Place of the chunk's first number in the parameter. */
    final long start;

    final int length;
    /** Latest sum of each penalty over the chunk's weights, infinite before the first. */
    final double[] sums;
    /** Directions of a step that looks at the whole parameter, if there was one. */
    Arithmetic.@Nullable Store<A> directions;

    /** By block, then by the optimizer's names; empty before the first step. */
    List<A[]> state = new ArrayList<>();

    Chunk(
            Slot<A> slot,
            Arithmetic.Store<A> values,
            Arithmetic.Store<A> gradients,
            Optional<Arithmetic.InPlace<A>> inPlace,
            long start,
            int length) {
        this.slot = slot;
        this.values = values;
        this.gradients = gradients;
        this.inPlace = inPlace;
        this.start = start;
        this.length = length;
        this.sums = new double[slot.penalties.size()];
        Arrays.fill(sums, Double.POSITIVE_INFINITY);
    }

    /** Place among the parameter's chunks. */
    int index() {
        return (int) (start / LENGTH);
    }

    int blocks() {
        return (length + BLOCK - 1) / BLOCK;
    }

    int blockLength(int block) {
        return Math.min(BLOCK, length - block * BLOCK);
    }

    long stateBytes(Arithmetic<A> arithmetic) {
        return state.isEmpty() ? 0 : (long) state.get(0).length * length * arithmetic.bytes();
    }
}
