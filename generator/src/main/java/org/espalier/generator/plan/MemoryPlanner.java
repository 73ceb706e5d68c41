package org.espalier.generator.plan;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Channels;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.MemoryPlan.Same;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Value;

/**
 * Gives every value of a program a place in one arena: first it is found when each value matters ({@link Liveness}),
 * then which values share memory ({@link Aliasing}), then where the shared memories lie ({@link Arena}), those with a
 * batch axis apart from those without.
 */
public final class MemoryPlanner {
    private MemoryPlanner() {}

    /** The program with its memory. */
    public static Program plan(Program program) {
        Liveness liveness = Liveness.of(program);
        Aliasing aliasing = Aliasing.of(program.operations(), liveness);
        Arena perSample = arena(aliasing.storages(), true);
        Arena fixed = arena(aliasing.storages(), false);

        Map<Value, Placement> places = new HashMap<>(aliasing.views());
        perSample.offsets().forEach((value, offset) -> places.put(value, new MemoryPlan.PerSample(offset)));
        fixed.offsets().forEach((value, offset) -> places.put(value, new MemoryPlan.Fixed(offset)));
        return program.withMemory(new MemoryPlan(inOrder(liveness.values(), places), perSample.end(), fixed.end()));
    }

    private static Arena arena(List<Storage> storages, boolean batched) {
        return Arena.of(storages.stream()
                .filter(storage -> storage.root().value().shape().batched() == batched)
                .map(storage -> new Arena.Block(
                        storage.root().value(), storage.root().value().shape().elements(), storage.lifetime()))
                .toList());
    }

    /** The places in the order of the values, but what a value is seen in before it. */
    private static Map<Value, Placement> inOrder(Set<Value> values, Map<Value, Placement> places) {
        Map<Value, Placement> ordered = new LinkedHashMap<>();
        for (Value value : values) {
            Deque<Value> chain = new ArrayDeque<>();
            Value next = value;
            while (!ordered.containsKey(next)) {
                chain.push(next);
                Placement placement = Objects.requireNonNull(places.get(next));
                if (placement instanceof Same same) {
                    next = same.as();
                } else if (placement instanceof Channels channels) {
                    next = channels.of();
                } else {
                    break;
                }
            }
            chain.forEach(link -> ordered.put(link, Objects.requireNonNull(places.get(link))));
        }
        return ordered;
    }
}
