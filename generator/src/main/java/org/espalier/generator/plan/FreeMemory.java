package org.espalier.generator.plan;

import java.util.Comparator;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** Memory that is taken and given back piece by piece, as by a heap. */
final class FreeMemory {
    private record Gap(long size, long offset) {}

    /** Free gaps below the end, by offset; two of them never touch. */
    private final TreeMap<Long, Gap> byOffset = new TreeMap<>();

    private final TreeSet<Gap> bySize =
            new TreeSet<>(Comparator.comparingLong(Gap::size).thenComparingLong(Gap::offset));

    private long end;

    /** The offset of so many free elements: in the smallest gap that holds them, else at the end, which moves. */
    long take(long size) {
        Gap smallest = bySize.ceiling(new Gap(size, 0));
        if (smallest != null) {
            remove(smallest);
            add(smallest.offset() + size, smallest.size() - size);
            return smallest.offset();
        }
        Gap last = byOffset.isEmpty() ? null : byOffset.lastEntry().getValue();
        long offset = end;
        if (last != null && last.offset() + last.size() == end) {
            remove(last);
            offset = last.offset();
        }
        end = offset + size;
        return offset;
    }

    /** Gives back what was taken. */
    void give(long offset, long size) {
        long from = offset;
        long to = offset + size;
        if (byOffset.lowerKey(from) != null) {
            Gap before = Objects.requireNonNull(byOffset.lowerEntry(from)).getValue();
            if (before.offset() + before.size() == from) {
                remove(before);
                from = before.offset();
            }
        }
        Gap after = byOffset.get(to);
        if (after != null) {
            remove(after);
            to = after.offset() + after.size();
        }
        add(from, to - from);
    }

    /** Returns the offset at which the highest piece that was ever taken ended. */
    long end() {
        return end;
    }

    private void add(long offset, long size) {
        if (size > 0) {
            Gap gap = new Gap(size, offset);
            byOffset.put(offset, gap);
            bySize.add(gap);
        }
    }

    private void remove(Gap gap) {
        byOffset.remove(gap.offset());
        bySize.remove(gap);
    }
}
