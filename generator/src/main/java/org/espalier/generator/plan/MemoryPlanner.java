package org.espalier.generator.plan;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.MemoryPlan.Placement;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.Value;

/** Gives every value of a program a place in one arena. */
public final class MemoryPlanner {
    private static final int ALIGNMENT = 16;

    private MemoryPlanner() {}

    /** The program with its memory. */
    public static Program plan(Program program) {
        Set<Value> values = new LinkedHashSet<>();
        program.seeds().forEach(seed -> values.add(seed.gradient()));
        program.operations().forEach(op -> values.addAll(op.outputs()));
        values.removeIf(value -> !value.isPlanned());
        Map<Value, Placement> placements = new LinkedHashMap<>();
        long perSample = 0;
        long fixed = 0;
        for (Value value : values) {
            long size = (value.shape().elements() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            if (value.shape().batched()) {
                placements.put(value, new MemoryPlan.PerSample(perSample));
                perSample += size;
            } else {
                placements.put(value, new MemoryPlan.Fixed(fixed));
                fixed += size;
            }
        }
        return program.withMemory(new MemoryPlan(placements, perSample, fixed));
    }
}
