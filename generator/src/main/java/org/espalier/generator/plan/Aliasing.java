package org.espalier.generator.plan;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.StridedLayout;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;

/**
 * Decides which values share memory.
 *
 * <ol>
 *   <li>What only those read and write who can follow strides is a view ({@link StridedViews}).
 *   <li>Parts of a concatenation are computed in place, as channels of the whole; of a part that is needed in two
 *       places the second is copied.
 *   <li>Gradients of parts are channels of the gradient of the whole; reshaped values are the values they were made
 *       from. A slice has gaps between its samples, so one of another shape is copied.
 *   <li>Element-wise operations overwrite what they read, unless somebody reads that later, under any name.
 * </ol>
 *
 * <p>All but the last write no place twice, so only that has to ask whether numbers that still matter are lost.
 */
final class Aliasing {
    private final Map<Value, SharedMemory.Member> members = new LinkedHashMap<>();
    private final Map<Value, Placement> views = new LinkedHashMap<>();

    private Aliasing(Liveness liveness) {
        for (Value value : liveness.values()) {
            members.put(value, SharedMemory.of(value, liveness.of(value)));
        }
    }

    /** Shares memory among the values of a program. */
    static Aliasing of(Program program, Liveness liveness) {
        Aliasing aliasing = new Aliasing(liveness);
        aliasing.stride(StridedViews.of(program));
        List<Effect> effects = program.operations().stream().map(Op::effect).toList();
        effects.forEach(aliasing::gather);
        effects.forEach(aliasing::view);
        effects.forEach(aliasing::overwrite);
        return aliasing;
    }

    /** Values placed within others: how each is seen there. The others are roots of storages of their own. */
    Map<Value, Placement> views() {
        return views;
    }

    /** The storages, in the order in which they are first written. */
    List<SharedMemory> storages() {
        return members.values().stream()
                .filter(SharedMemory.Member::isRoot)
                .map(SharedMemory.Member::storage)
                .toList();
    }

    private SharedMemory.Member member(Value value) {
        return Objects.requireNonNull(members.get(value), () -> value + " is not planned");
    }

    /** Places values that all who touch them can follow by strides, each behind the one that it is seen in. */
    private void stride(Map<Value, View> strided) {
        Map<Value, StridedLayout> layouts = new HashMap<>();
        strided.forEach((value, view) -> {
            StridedLayout whole = layouts.computeIfAbsent(
                    view.of(), root -> StridedLayout.of(root.shape().dimensions()));
            StridedLayout layout = view.layout(whole, value.shape()).orElseThrow();
            layouts.put(value, layout);
            member(value).storage().moveTo(member(view.of()), layout);
            views.put(value, new MemoryPlan.Within(view));
        });
    }

    private void gather(Effect effect) {
        if (effect instanceof Effect.Gathers gather && gather.axis() == 1) {
            int from = 0;
            for (Value part : gather.parts()) {
                if (part.isPlanned()) {
                    slice(part, gather.out(), from);
                }
                from += part.shape().axis(1);
            }
        }
    }

    private void view(Effect effect) {
        if (effect instanceof Effect.Slices slices
                && slices.axis() == 1
                && slices.in().isPlanned()) {
            slices.parts().forEach(part -> slice(part.value(), slices.in(), part.from()));
        } else if (effect instanceof Effect.Reshapes reshape && reshape.in().isPlanned()) {
            same(reshape.out(), reshape.in());
        }
    }

    private void overwrite(Effect effect) {
        if (effect instanceof Effect.MayOverwrite overwrite) {
            for (Value candidate : overwrite.candidates()) {
                boolean possible = candidate.isPlanned() && !isAmong(candidate, overwrite.readAfterwards());
                if (possible && overwrite(candidate, overwrite.out())) {
                    return;
                }
            }
        }
    }

    /** Tells whether a value is one of some others, under any name. */
    private boolean isAmong(Value value, List<Value> others) {
        return others.stream()
                .filter(Value::isPlanned)
                .anyMatch(other -> member(other).isAt(member(value)));
    }

    /** Makes a value some channels of another one, if it is not placed elsewhere yet. */
    private void slice(Value part, Value whole, int from) {
        SharedMemory.Member inner = member(part);
        SharedMemory.Member outer = member(whole);
        boolean possible = inner.isRoot() && inner.storage() != outer.storage();
        if (possible && !inner.storage().isReshaped()) {
            long channel = whole.shape().elements() / whole.shape().axis(1);
            inner.storage().moveTo(outer, from * channel, false);
            views.put(part, new MemoryPlan.Within(new View.Part(whole, 1, from)));
        }
    }

    /** Makes a value the same as another one, if it is not placed elsewhere yet and there are no gaps to respect. */
    private boolean same(Value value, Value as) {
        SharedMemory.Member inner = member(value);
        SharedMemory.Member outer = member(as);
        boolean reshapes = !value.shape().equals(as.shape());
        boolean contiguous = reshapes || inner.storage().isReshaped();
        boolean possible = inner.isRoot() && inner.storage() != outer.storage();
        if (!possible || (contiguous && !outer.isWhole())) {
            return false;
        }
        inner.storage().moveTo(outer, 0, reshapes);
        views.put(value, new MemoryPlan.Within(new View.Same(as)));
        return true;
    }

    /** Lets an element-wise operation write where it reads, if nothing that matters is lost. */
    private boolean overwrite(Value in, Value out) {
        SharedMemory.Member before = member(in);
        SharedMemory.Member after = member(out);
        if (before.storage() == after.storage()) {
            return before.isAt(after);
        }
        if (after.isRoot()) {
            return after.storage().fits(before, after) && same(out, in);
        }
        return before.isRoot() && before.storage().fits(after, after) && same(in, out);
    }
}
