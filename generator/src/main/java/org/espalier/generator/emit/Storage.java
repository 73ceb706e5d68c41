package org.espalier.generator.emit;

import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Channels;
import org.espalier.generator.ir.MemoryPlan.Same;
import org.espalier.generator.ir.Op;
import org.espalier.generator.ir.Value;
import org.jspecify.annotations.Nullable;

/** Which values share their memory, so that operations that the plan has made superfluous are left out. */
final class Storage {
    /** {@code elements} of each sample of {@code root}, from {@code offset} on. */
    private record Stretch(Value root, long offset, long elements) {}

    private final MemoryPlan memory;

    Storage(MemoryPlan memory) {
        this.memory = memory;
    }

    private Stretch of(Value value) {
        Value root = value;
        long offset = 0;
        while (true) {
            MemoryPlan.@Nullable Placement placement = memory.placements().get(root);
            if (placement instanceof Same same) {
                root = same.as();
            } else if (placement instanceof Channels channels) {
                root = channels.of();
                offset += channels.from() * elementsOfChannel(root);
            } else {
                return new Stretch(root, offset, value.shape().elements());
            }
        }
    }

    private static long elementsOfChannel(Value value) {
        return value.shape().elements() / value.shape().axis(1);
    }

    /** Whether two values are the same elements, perhaps under two shapes. */
    boolean same(Value a, Value b) {
        return of(a).equals(of(b));
    }

    /** Whether a value is the channels of another one from a given channel on. */
    boolean isChannels(Value part, Value whole, int from) {
        Stretch stretch = of(whole);
        long offset = stretch.offset() + from * elementsOfChannel(whole);
        return of(part).equals(new Stretch(stretch.root(), offset, part.shape().elements()));
    }

    /** Whether every part already lies where the concatenation wants it. */
    boolean isPlannedAway(Op.Concat concat) {
        int from = 0;
        for (Value part : concat.parts()) {
            if (!isChannels(part, concat.y(), from)) {
                return false;
            }
            from += part.shape().axis(1);
        }
        return true;
    }
}
