package org.espalier.generator.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Fixed;
import org.espalier.generator.ir.MemoryPlan.PerSample;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Value;

/**
 * Gives every value of a program a place in one arena: first it is found when each value matters ({@link Liveness}),
 * then which values share memory ({@link Aliasing}), then where the shared memories lie ({@link Arena}), those with a
 * batch axis apart from those without. The shared memories in which forward writes are arranged a second time, for an
 * arena in which nothing but forward ever runs: there they matter only until forward has read them.
 */
public final class MemoryPlanner {
    private MemoryPlanner() {}

    /** The program with its memory. */
    public static Program plan(Program program) {
        Liveness liveness = Liveness.of(program);
        Liveness ahead = Liveness.of(program.forwardAlone());
        Aliasing aliasing = Aliasing.of(program, liveness);
        Arenas steps = Arenas.of(aliasing, storage -> Optional.of(storage.lifetime()));
        Arenas forward = Arenas.of(aliasing, storage -> storage.lifetime(ahead));

        Map<Value, Placement> places = new HashMap<>(aliasing.views());
        Map<Value, Long> perSample = forward.perSample().offsets();
        Map<Value, Long> fixed = forward.fixed().offsets();
        steps.perSample()
                .offsets()
                .forEach((value, at) ->
                        places.put(value, new PerSample(at, perSample.getOrDefault(value, MemoryPlan.NOWHERE))));
        steps.fixed()
                .offsets()
                .forEach((value, at) ->
                        places.put(value, new Fixed(at, fixed.getOrDefault(value, MemoryPlan.NOWHERE))));
        return program.withMemory(MemoryPlan.of(liveness.values(), places, steps.size(), forward.size()));
    }

    /** One arena for values with a batch axis, one for those without. */
    private record Arenas(Arena perSample, Arena fixed) {
        private static Arenas of(Aliasing aliasing, Function<SharedMemory, Optional<Lifetime>> lifetimes) {
            return new Arenas(
                    arena(aliasing.storages(), true, lifetimes), arena(aliasing.storages(), false, lifetimes));
        }

        private MemoryPlan.Size size() {
            return new MemoryPlan.Size(perSample.end(), fixed.end());
        }
    }

    private static Arena arena(
            List<SharedMemory> storages, boolean batched, Function<SharedMemory, Optional<Lifetime>> lifetimes) {
        return Arena.of(storages.stream()
                .filter(storage -> storage.root().value().shape().batched() == batched)
                .flatMap(storage -> lifetimes.apply(storage).stream()
                        .map(lifetime -> new Arena.Block(
                                storage.root().value(),
                                storage.root().value().shape().elements(),
                                lifetime)))
                .toList());
    }
}
