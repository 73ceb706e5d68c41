package org.espalier.generator.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;

/**
 * The lifetimes of a program's planned values over forward and backward together. One position lies between the two, at
 * which gradients may be given from outside. Outputs and the gradients by inputs are read after the end, by the user.
 */
final class Liveness {
    private final Map<Value, Lifetime> lifetimes = new LinkedHashMap<>();

    private Liveness() {}

    /** The lifetimes of a program's values. */
    static Liveness of(Program program) {
        Liveness liveness = new Liveness();
        int between = program.forward().size();
        int end = between + 1 + program.backward().size();
        liveness.run(program.forward(), 0);
        if (program.graph().losses().isEmpty()) {
            program.seeds().forEach(seed -> liveness.matters(seed.gradient(), between));
        }
        liveness.run(program.backward(), between + 1);
        program.seeds().forEach(seed -> liveness.matters(seed.gradient(), between));
        program.graph().outputs().forEach(output -> liveness.matters(output, end));
        program.inputGradients().forEach(gradient -> liveness.matters(gradient, end));
        return liveness;
    }

    private void run(List<Op> operations, int position) {
        for (Op op : operations) {
            for (Value input : op.inputs()) {
                matters(input, position);
            }
            for (Value output : op.outputs()) {
                matters(output, position);
            }
            position++;
        }
    }

    private void matters(Value value, int position) {
        if (value.isPlanned()) {
            lifetimes.merge(value, new Lifetime(position, position), Lifetime::and);
        }
    }

    /** The planned values, in the order they are written. */
    Set<Value> values() {
        return lifetimes.keySet();
    }

    /** The lifetime of a value, if it is planned and the program touches it. */
    Optional<Lifetime> find(Value value) {
        return Optional.ofNullable(lifetimes.get(value));
    }

    /** The lifetime of a planned value. */
    Lifetime of(Value value) {
        return Objects.requireNonNull(lifetimes.get(value), () -> value + " is not planned");
    }
}
