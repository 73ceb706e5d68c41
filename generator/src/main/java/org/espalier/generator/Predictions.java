package org.espalier.generator;

import java.util.List;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.rewrite.EvaluationMode;
import org.espalier.generator.rewrite.Rewrite;

/** Reduces programs that train to programs that only predict. */
public final class Predictions {
    private Predictions() {}

    /**
     * Returns the forward pass of a network in evaluation mode, with its memory planned. Its graph has some operations
     * more: those that depend on weights alone, so that one run for all predictions is enough.
     */
    public static Program of(Program program) {
        Graph graph = Rewrite.simplify(EvaluationMode.of(program.graph()));
        List<Op> forward = graph.operations().stream()
                .filter(op -> !isConstant(op))
                .map(Op.class::cast)
                .toList();
        return MemoryPlanner.plan(new Program(graph, forward, List.of(), List.of(), List.of(), MemoryPlan.NONE));
    }

    private static boolean isConstant(Op op) {
        return !op.result().shape().batched()
                && op.inputs().stream().noneMatch(value -> value.shape().batched() || value.kind() == Value.Kind.INPUT);
    }
}
