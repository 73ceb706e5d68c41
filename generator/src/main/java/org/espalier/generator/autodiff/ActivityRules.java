package org.espalier.generator.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.regularizer.ActivityPenaltyBackward;

/** Adds the gradients of penalties on activities to backward, when every other gradient by the activity has arrived. */
final class ActivityRules {
    private record Penalty(String regularizer, UpdateGroup.Activity activity) {}

    private final Map<Value, List<Penalty>> penalties = new HashMap<>();
    private final GradientTape tape;

    ActivityRules(Graph graph, GradientTape tape) {
        this.tape = tape;
        for (UpdateGroup group : graph.updateGroups()) {
            for (UpdateGroup.Activity activity : group.activities()) {
                penalties
                        .computeIfAbsent(activity.value(), value -> new ArrayList<>())
                        .add(new Penalty(group.name(), activity));
            }
        }
    }

    /**
     * Writes the penalties on what an operation computes, before its own gradients: for L = R(y) + λ Σ f(y), the
     * gradient by y is that of R plus λ f′(y).
     */
    void penalize(Op op) {
        Value y = op.outputs().get(0);
        for (Penalty penalty : penalties.getOrDefault(y, List.of())) {
            tape.penalize(
                    y,
                    (before, after) -> new ActivityPenaltyBackward(
                            op.origin(),
                            y,
                            before,
                            after,
                            penalty.regularizer(),
                            penalty.activity().reduction()));
        }
    }
}
