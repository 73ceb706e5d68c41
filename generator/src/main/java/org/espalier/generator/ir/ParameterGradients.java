package org.espalier.generator.ir;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;

/**
 * Parts of a backward pass that nobody needs while every parameter is frozen: those that lead to no gradient by an
 * input. A program without gradients by inputs, or by parameters, has none.
 */
public final class ParameterGradients {
    private final Set<Op> alone = Collections.newSetFromMap(new IdentityHashMap<>());
    private final boolean any;

    private ParameterGradients(Program program) {
        this.any = exist(program);
        Set<Value> needed = new HashSet<>(program.inputGradients());
        List<Op> backward = program.backward();
        for (int i = backward.size() - 1; any && i >= 0; i--) {
            Op op = backward.get(i);
            boolean first =
                    op instanceof BackwardOp backwardOp && !backwardOp.seeds().isEmpty();
            if (first || op.outputs().stream().anyMatch(needed::contains)) {
                needed.addAll(op.inputs());
            } else {
                alone.add(op);
            }
        }
    }

    /** Those of a program. */
    public static ParameterGradients of(Program program) {
        return new ParameterGradients(program);
    }

    /** Tells whether a program computes gradients by inputs, and could leave out others. */
    public static boolean exist(Program program) {
        return !program.inputGradients().isEmpty()
                && program.backward().stream().anyMatch(ParameterGradients::writesOne);
    }

    private static boolean writesOne(Op op) {
        return op.outputs().stream().anyMatch(value -> value.kind() == Value.Kind.PARAMETER_GRADIENT);
    }

    /** Tells whether an operation is needed for gradients by parameters alone. */
    public boolean areAllOf(Op op) {
        return alone.contains(op);
    }

    /** Tells whether an operation writes a gradient by a parameter, and another one. */
    public boolean areAmong(Op op) {
        return any && !alone.contains(op) && writesOne(op);
    }
}
