package org.espalier.generator.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.espalier.generator.ir.op.Value;

/**
 * Offsets for blocks with lifetimes such that blocks that matter at the same time do not overlap, and the end is low.
 *
 * <p>Finding the lowest end is NP-hard (dynamic storage allocation). Blocks are placed one by one into the smallest gap
 * that holds them, in several orders, of which the best is taken (Pisarchyk and Lee, arXiv:2001.03288, find the order
 * by size good for neural networks).
 */
final class Arena {
    /** Offsets are multiples of so many elements: 64 bytes of floats, a cache line. */
    static final int ALIGNMENT = 16;

    /** Beyond so many blocks, of which nearly every two meet, gaps are only looked for as time goes by. */
    static final int MANY = 4_000;

    /** Memory that a value, and those that share it, need for some time. */
    record Block(Value value, long size, Lifetime lifetime) {
        private long alignedSize() {
            return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }

        private int duration() {
            return lifetime.lastRead() - lifetime.written() + 1;
        }
    }

    private record Placed(Block block, long offset) {
        private long end() {
            return offset + block.alignedSize();
        }
    }

    private static final Comparator<Block> BY_SIZE =
            Comparator.comparingLong(Block::alignedSize).reversed();
    private static final Comparator<Block> BY_DURATION =
            Comparator.comparingInt(Block::duration).reversed();
    private static final Comparator<Block> BY_TIME =
            Comparator.comparingInt(block -> block.lifetime().written());

    /** Placed so far, by offset. */
    private final List<Placed> placed = new ArrayList<>();

    private long end;

    private Arena() {}

    /** The best arrangement found for some blocks. The order in which equal blocks are given decides between them. */
    static Arena of(List<Block> blocks) {
        if (blocks.size() > MANY) {
            return inTime(blocks);
        }
        Stream<Comparator<Block>> orders = Stream.of(
                BY_SIZE,
                BY_SIZE.thenComparing(BY_DURATION),
                BY_DURATION.thenComparing(BY_SIZE),
                BY_TIME.thenComparing(BY_SIZE),
                BY_TIME.reversed().thenComparing(BY_SIZE),
                Comparator.<Block>comparingLong(block -> block.alignedSize() * block.duration())
                        .reversed());
        return orders.map(order -> arrange(blocks.stream().sorted(order).toList()))
                .min(Comparator.comparingLong(Arena::end))
                .orElseThrow();
    }

    private static Arena arrange(List<Block> blocks) {
        Arena arena = new Arena();
        blocks.forEach(arena::place);
        return arena;
    }

    /**
     * Places each block when it is written, as a heap would, so that the time this takes grows no faster than the
     * blocks. What forward writes for backward is given back in reverse, which leaves few gaps unused.
     */
    private static Arena inTime(List<Block> blocks) {
        Arena arena = new Arena();
        FreeMemory gaps = new FreeMemory();
        PriorityQueue<Placed> alive = new PriorityQueue<>(
                Comparator.comparingInt(placed -> placed.block().lifetime().lastRead()));
        for (Block block :
                blocks.stream().sorted(BY_TIME.thenComparing(BY_SIZE)).toList()) {
            Placed first = alive.peek();
            while (first != null && !first.block().lifetime().meets(block.lifetime())) {
                alive.remove();
                gaps.give(first.offset(), first.block().alignedSize());
                first = alive.peek();
            }
            Placed placed = new Placed(block, gaps.take(block.alignedSize()));
            alive.add(placed);
            arena.placed.add(placed);
        }
        arena.end = gaps.end();
        return arena;
    }

    private void place(Block block) {
        long best = Long.MAX_VALUE;
        long bestGap = Long.MAX_VALUE;
        long top = 0;
        for (Placed other : placed) {
            if (!other.block().lifetime().meets(block.lifetime())) {
                continue;
            }
            long gap = other.offset() - top;
            if (gap >= block.alignedSize() && gap < bestGap) {
                best = top;
                bestGap = gap;
            }
            top = Math.max(top, other.end());
        }
        insert(new Placed(block, bestGap == Long.MAX_VALUE ? top : best));
    }

    private void insert(Placed block) {
        int low = 0;
        int high = placed.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (placed.get(middle).offset() <= block.offset()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        placed.add(low, block);
        end = Math.max(end, block.end());
    }

    /** Returns the offset at which the last block ends. */
    long end() {
        return end;
    }

    /** The offset of each block, by its value. */
    Map<Value, Long> offsets() {
        Map<Value, Long> offsets = new HashMap<>();
        placed.forEach(block -> offsets.put(block.block().value(), block.offset()));
        return offsets;
    }
}
