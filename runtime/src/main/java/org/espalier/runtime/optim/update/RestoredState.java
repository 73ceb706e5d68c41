package org.espalier.runtime.optim.update;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The optimizer's numbers in blocks of their own until all of them are there.
 *
 * @param <A> array of the network's precision
 */
final class RestoredState<A> implements FusedUpdate.Restored {
    private final Arithmetic<A> arithmetic;
    private final List<Slot<A>> slots;
    private final List<Tensor<A>> tensors = new ArrayList<>();

    /** A parameter's blocks, each under its chunk, and how many of them each state has filled. */
    private static final class Tensor<A> {
        final List<List<A[]>> chunks = new ArrayList<>();
        final int[] filled;
        long steps;

        Tensor(Slot<A> slot, int states) {
            slot.chunks.forEach(chunk -> chunks.add(new ArrayList<>()));
            filled = new int[states];
        }
    }

    RestoredState(Arithmetic<A> arithmetic, List<Slot<A>> slots, List<Integer> states) {
        this.arithmetic = arithmetic;
        this.slots = slots;
        for (int tensor = 0; tensor < slots.size(); tensor++) {
            tensors.add(new Tensor<>(slots.get(tensor), states.get(tensor)));
        }
    }

    @Override
    public void steps(int tensor, long steps) {
        Tensor<A> restored = tensors.get(tensor);
        restored.steps = steps;
        for (Chunk<A> chunk : slots.get(tensor).chunks) {
            List<A[]> blocks = restored.chunks.get(chunk.index());
            for (int block = 0; block < chunk.blocks(); block++) {
                blocks.add(arithmetic.blocks(restored.filled.length, chunk.blockLength(block)));
            }
        }
    }

    @Override
    public void read(int tensor, int state, ByteBuffer piece) {
        Tensor<A> restored = tensors.get(tensor);
        while (piece.hasRemaining()) {
            int block = restored.filled[state]++;
            int index = block / Chunk.BLOCKS;
            Chunk<A> chunk = slots.get(tensor).chunks.get(index);
            int place = block % Chunk.BLOCKS;
            arithmetic.read(restored.chunks.get(index).get(place)[state], chunk.blockLength(place), piece);
        }
    }

    @Override
    public void use() {
        for (int tensor = 0; tensor < slots.size(); tensor++) {
            Tensor<A> restored = tensors.get(tensor);
            Slot<A> slot = slots.get(tensor);
            slot.steps = restored.steps;
            for (Chunk<A> chunk : slot.chunks) {
                chunk.state = restored.chunks.get(chunk.index());
            }
        }
    }
}
