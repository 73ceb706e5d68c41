package org.espalier.generator.ir;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;

/**
 * A network with its backward pass and, once planned, its memory.
 *
 * <p>Every value is written once, with one exception: the gradient of a parameter that several operations share is
 * written by the backward of each of them. The first in order writes it (adding to what is there if the user
 * accumulates gradients over several steps), the others add to it.
 *
 * <p>A value read by several operations gets a gradient from each: partial gradients named {@code d value (from
 * reader)}, summed as they arrive. The last sum is {@link Value#gradient()}.
 *
 * @param graph what is computed
 * @param forward the graph's operations, in order
 * @param backward from the gradients of the outputs to those of the parameters (and of the inputs that want one), in
 *     order; the loss with its gradient, if there is a loss, comes first
 * @param seeds where backward starts
 * @param inputGradients gradients by inputs that were asked for, in the order of the inputs; they outlive backward
 * @param memory where values live; {@link MemoryPlan#NONE} before the plan stage
 */
public record Program(
        Graph graph,
        List<Op> forward,
        List<Op> backward,
        List<Seed> seeds,
        List<Value> inputGradients,
        MemoryPlan memory) {

    /** Copies the lists. */
    public Program {
        forward = List.copyOf(forward);
        backward = List.copyOf(backward);
        seeds = List.copyOf(seeds);
        inputGradients = List.copyOf(inputGradients);
    }

    /** Forward and backward, in the order they run. */
    public List<Op> operations() {
        return Stream.concat(forward.stream(), backward.stream()).toList();
    }

    /** The same program with its operations otherwise arranged. */
    public Program withOperations(List<Op> newForward, List<Op> newBackward) {
        return new Program(graph, newForward, newBackward, seeds, inputGradients, memory);
    }

    /** The forward pass by itself, with its memory. */
    public Program forwardAlone() {
        return new Program(graph, forward, List.of(), List.of(), List.of(), memory.forwardAlone());
    }

    /** The same program with memory. */
    public Program withMemory(MemoryPlan plan) {
        return new Program(graph, forward, backward, seeds, inputGradients, plan);
    }
}
