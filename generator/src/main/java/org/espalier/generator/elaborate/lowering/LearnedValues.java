package org.espalier.generator.elaborate.lowering;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;

/** Finds the values that training can change. */
public final class LearnedValues {
    private LearnedValues() {}

    /** The values that a parameter that is not frozen leads to. */
    public static Set<Value> of(List<ForwardOp> operations, List<ParameterDecl> parameters) {
        return reached(
                operations,
                parameters.stream()
                        .filter(parameter -> !parameter.frozen())
                        .map(ParameterDecl::value)
                        .toList());
    }

    /** Some values, and those that they lead to with a gradient. */
    public static Set<Value> reached(List<ForwardOp> operations, List<Value> from) {
        Set<Value> reached = new HashSet<>(from);
        for (ForwardOp op : operations) {
            if (op.differentiable().stream().anyMatch(reached::contains)) {
                reached.addAll(op.outputs());
            }
        }
        return reached;
    }
}
