package org.espalier.generator.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;

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
        Aliasing aliasing = Aliasing.of(program, liveness);
        Arena perSample = arena(aliasing.storages(), true);
        Arena fixed = arena(aliasing.storages(), false);

        Map<Value, Placement> places = new HashMap<>(aliasing.views());
        perSample.offsets().forEach((value, offset) -> places.put(value, new MemoryPlan.PerSample(offset)));
        fixed.offsets().forEach((value, offset) -> places.put(value, new MemoryPlan.Fixed(offset)));
        return program.withMemory(MemoryPlan.of(liveness.values(), places, perSample.end(), fixed.end()));
    }

    private static Arena arena(List<SharedMemory> storages, boolean batched) {
        return Arena.of(storages.stream()
                .filter(storage -> storage.root().value().shape().batched() == batched)
                .map(storage -> new Arena.Block(
                        storage.root().value(), storage.root().value().shape().elements(), storage.lifetime()))
                .toList());
    }
}
