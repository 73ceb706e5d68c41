package org.espalier.generator.target.java;

import java.util.Map;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Stretch;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Value;

/** The values that share their memory, so that operations that the plan has made superfluous are left out. */
public final class Storage {
    private final Map<Value, Stretch> stretches;

    public Storage(MemoryPlan memory) {
        this.stretches = memory.stretches();
    }

    /** Returns the memory of a value; one whose memory is not planned, such as an input, is a stretch of its own. */
    private Stretch stretch(Value value) {
        return stretches.computeIfAbsent(
                value, given -> new Stretch(given, 0, given.shape().elements()));
    }

    /** Tells whether two values are the same elements, perhaps under two shapes. */
    public boolean same(Value a, Value b) {
        return stretch(a).equals(stretch(b));
    }

    /** Tells whether an operation has nothing to do, since every value already is where it would put it. */
    public boolean isPlannedAway(Effect effect) {
        return !effect.views().isEmpty() && effect.views().stream().allMatch(this::isPlanned);
    }

    private boolean isPlanned(Effect.Alias alias) {
        return stretch(alias.view().of())
                .seen(alias.view(), alias.value().shape())
                .filter(stretch(alias.value())::equals)
                .isPresent();
    }
}
