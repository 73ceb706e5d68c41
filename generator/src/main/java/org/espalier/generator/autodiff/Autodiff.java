package org.espalier.generator.autodiff;

import java.util.List;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.MemoryPlan;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;

/**
 * Reverse-mode differentiation (Linnainmaa 1970): walks the operations backwards, and each writes its chain rule.
 * Builds no gradient that would be dead, see {@link NeededGradients}.
 */
public final class Autodiff {
    private Autodiff() {}

    /** The network with gradients for its unfrozen parameters, and for the inputs that it wants them for. */
    public static Program differentiate(Graph graph) {
        return differentiate(graph, graph.wantedInputs());
    }

    /**
     * The network with gradients for its unfrozen parameters and for some of its inputs.
     *
     * @param wantedInputs inputs of the graph; one that leads to no output, or is of whole numbers, gets no gradient
     */
    public static Program differentiate(Graph graph, List<Value> wantedInputs) {
        NeededGradients needed = NeededGradients.of(graph, wantedInputs);
        GradientTape tape = new GradientTape(needed);
        List<Seed> seeds = seeds(graph, needed, tape);
        ActivityRules activities = new ActivityRules(graph, tape);
        List<ForwardOp> forward = graph.operations();
        for (int i = forward.size() - 1; i >= 0; i--) {
            ForwardOp op = forward.get(i);
            if (needed.isDifferentiated(op)) {
                activities.penalize(op);
                op.backward(tape.of(op.origin()));
            }
        }
        List<Value> inputGradients = graph.inputs().stream()
                .filter(wantedInputs::contains)
                .filter(input -> needed.contributions(input) > 0)
                .map(Value::gradient)
                .toList();
        return new Program(graph, List.copyOf(forward), tape.operations(), seeds, inputGradients, MemoryPlan.NONE);
    }

    private static List<Seed> seeds(Graph graph, NeededGradients needed, GradientTape tape) {
        if (!graph.losses().isEmpty()) {
            return LossSeeds.write(graph.losses(), needed.seeds(), tape);
        }
        return needed.seeds().stream()
                .map(output -> new Seed(output, tape.seed(output, "given")))
                .toList();
    }
}
