package org.espalier.generator.rewrite;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Value;

/** Rewrites graphs before they are differentiated, so that gradients are taken of what is left. */
public final class Rewrite {
    private Rewrite() {}

    /**
     * The graph with fewer operations, whose outputs, judged tensors, parameters and penalized activities are the same.
     */
    public static Graph simplify(Graph graph) {
        Set<Value> kept = new HashSet<>(graph.outputs());
        graph.losses().forEach(loss -> kept.addAll(loss.operands()));
        graph.updateGroups().stream()
                .flatMap(group -> group.activities().stream())
                .map(UpdateGroup.Activity::value)
                .forEach(kept::add);
        List<ForwardOp> operations = TransposedProducts.fold(graph.operations(), kept);
        operations = CommonSlices.merge(operations);
        return graph.withOperations(FormulaFusion.fuse(operations, kept));
    }

    /** Counts the operations that read each value. */
    static Map<Value, Integer> readers(List<ForwardOp> operations) {
        Map<Value, Integer> readers = new HashMap<>();
        operations.forEach(op -> new HashSet<>(op.inputs()).forEach(value -> readers.merge(value, 1, Integer::sum)));
        return readers;
    }
}
