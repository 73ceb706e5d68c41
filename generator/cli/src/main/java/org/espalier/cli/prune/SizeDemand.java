package org.espalier.cli.prune;

import java.util.List;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.SourceSpan;

/**
 * A size that a call is to have.
 *
 * @param calls the call, and those of the blocks that it stands in, the innermost first
 * @param argument the argument's name
 * @param position its place among the arguments, −1 if it can only be given by name
 * @param before the size that it has, −1 if it is not written yet
 * @param now the size that it is to have
 * @param places the groups of channels along the axis, by which equal axes are told
 * @param value a tensor
 * @param axis of that size
 */
record SizeDemand(
        List<SourceSpan> calls,
        String argument,
        int position,
        int before,
        int now,
        List<Integer> places,
        Value value,
        int axis) {
    /** Copies the lists. */
    SizeDemand {
        calls = List.copyOf(calls);
        places = List.copyOf(places);
    }

    /** The calls of the blocks that it stands in. */
    List<SourceSpan> chain() {
        return calls.isEmpty() ? List.of() : calls.subList(1, calls.size());
    }

    boolean isChange() {
        return before != now;
    }

    /** The same size where something else is written now. */
    SizeDemand anew() {
        return new SizeDemand(calls, argument, position, -1, now, places, value, axis);
    }

    /** The same size, to be given where the enclosing block is called. */
    SizeDemand outwards(String name, int newPosition, boolean isNew) {
        return new SizeDemand(chain(), name, newPosition, isNew ? -1 : before, now, places, value, axis);
    }
}
