package org.espalier.generator.ir;

import java.util.List;

/**
 * A network with its backward pass and, once planned, its memory.
 *
 * @param graph what is computed
 * @param forward the graph's operations, in order
 * @param backward from the gradients of the outputs to those of the parameters (and of the inputs that want one), in
 *     order; the loss gradient, if there is a loss, comes first
 * @param memory where values live; {@link MemoryPlan#NONE} before the plan stage
 */
public record Program(Graph graph, List<Op> forward, List<Op> backward, MemoryPlan memory) {
    /** Copies the lists. */
    public Program {
        forward = List.copyOf(forward);
        backward = List.copyOf(backward);
    }

    /** The same program with memory. */
    public Program withMemory(MemoryPlan plan) {
        return new Program(graph, forward, backward, plan);
    }
}
