package org.espalier.generator.interpreter;

import java.util.HashMap;
import java.util.Map;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;

/** Memory in which the interpreter keeps values: each on its own, or where a plan puts them. */
final class InterpreterMemory {
    private final MemoryPlan plan;
    private final int batch;
    private final double[] arena;
    private final Map<Value, Tensor> tensors = new HashMap<>();

    /** Memory by a plan; every value that it does not place is on its own. Starts as NaN. */
    InterpreterMemory(MemoryPlan plan, int batch) {
        this.plan = plan;
        this.batch = batch;
        this.arena = new double[Math.toIntExact(batch * plan.perSample() + plan.fixed())];
        java.util.Arrays.fill(arena, Double.NaN);
    }

    void put(Value value, Tensor tensor) {
        tensors.put(value, tensor);
    }

    Tensor of(Value value) {
        Tensor tensor = tensors.get(value);
        if (tensor == null) {
            tensor = plan.placements().containsKey(value)
                    ? placed(value)
                    : Tensor.of(value.shape(), batch, () -> Double.NaN);
            tensors.put(value, tensor);
        }
        return tensor;
    }

    private Tensor placed(Value value) {
        MemoryPlan.Placement placement = plan.of(value);
        int elements = Math.toIntExact(value.shape().elements());
        if (placement instanceof MemoryPlan.PerSample at) {
            return new Tensor(arena, Math.toIntExact(batch * at.offset()), elements, batch, value.shape());
        } else if (placement instanceof MemoryPlan.Fixed at) {
            return new Tensor(
                    arena, Math.toIntExact(batch * plan.perSample() + at.offset()), elements, batch, value.shape());
        } else if (placement instanceof MemoryPlan.Within within) {
            View view = within.view();
            return of(view.of()).seen(view, value.shape());
        }
        throw new IllegalStateException(placement.toString());
    }
}
