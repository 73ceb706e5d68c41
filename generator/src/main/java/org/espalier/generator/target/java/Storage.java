package org.espalier.generator.target.java;

import java.util.Map;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Value;

/** The values that share their memory, so that operations that the plan has made superfluous are left out. */
final class Storage {
    private final Map<Value, Stretch> stretches;

    Storage(MemoryPlan memory) {
        this.stretches = memory.stretches();
    }

    /** Returns the memory of a value; one whose memory is not planned, such as an input, is a stretch of its own. */
    private Stretch stretch(Value value) {
        return stretches.computeIfAbsent(
                value, given -> new Stretch(given, 0, given.shape().elements()));
    }

    /** Tells whether two values are the same elements, perhaps under two shapes. */
    boolean same(Value a, Value b) {
        return stretch(a).equals(stretch(b));
    }

    /** Tells whether a value is the channels of another one from a given channel on. */
    boolean isChannels(Value part, Value whole, int from) {
        Stretch stretch = stretch(whole);
        long offset = stretch.offset() + from * whole.shape().area();
        return stretch(part)
                .equals(new Stretch(stretch.root(), offset, part.shape().elements()));
    }

    /** Tells whether every part already is its slice. */
    boolean isPlannedAway(Effect.Slices slices) {
        return slices.parts().stream().allMatch(part -> isChannels(part.value(), slices.in(), part.from()));
    }

    /** Tells whether every part already lies where the concatenation wants it. */
    boolean isPlannedAway(Effect.Gathers gather) {
        int from = 0;
        for (Value part : gather.parts()) {
            if (!isChannels(part, gather.out(), from)) {
                return false;
            }
            from += part.shape().axis(1);
        }
        return true;
    }
}
