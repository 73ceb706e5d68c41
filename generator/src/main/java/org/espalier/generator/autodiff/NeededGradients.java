package org.espalier.generator.autodiff;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.ParameterDecl;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Value;

/**
 * Finds the gradients that are needed: those by values that depend on something wanted (an unfrozen parameter, a wanted
 * input) and that the loss or a penalty on activities depends on. The others are never built, so none has to be
 * eliminated.
 */
final class NeededGradients {
    /** Values that depend on a wanted one, and those themselves. */
    private final Set<Value> dependent = new HashSet<>();

    private final List<Value> seeds;

    /**
     * Number of gradients that arrive at a value: one for each time it is read on the way to the loss, and one for each
     * penalty.
     */
    private final Map<Value, Integer> contributions = new HashMap<>();

    private NeededGradients(Graph graph, List<Value> wantedInputs) {
        graph.parameters().stream()
                .filter(parameter -> !parameter.frozen())
                .map(ParameterDecl::value)
                .forEach(dependent::add);
        wantedInputs.stream().filter(input -> !input.isWhole()).forEach(dependent::add);
        for (ForwardOp op : graph.operations()) {
            if (op.differentiable().stream().anyMatch(dependent::contains)) {
                dependent.addAll(op.outputs());
            }
        }
        Stream<Value> starts = graph.losses().isEmpty()
                ? graph.outputs().stream()
                : graph.losses().stream().flatMap(loss -> loss.judged().stream());
        seeds = starts.distinct().filter(dependent::contains).toList();
        seeds.forEach(this::count);
        graph.updateGroups().stream()
                .flatMap(group -> group.activities().stream())
                .map(UpdateGroup.Activity::value)
                .filter(dependent::contains)
                .forEach(this::count);
        for (int i = graph.operations().size() - 1; i >= 0; i--) {
            ForwardOp op = graph.operations().get(i);
            if (isDifferentiated(op)) {
                op.differentiable().stream().filter(dependent::contains).forEach(this::count);
            }
        }
    }

    /** Finds the needed gradients of a graph. */
    static NeededGradients of(Graph graph, List<Value> wantedInputs) {
        return new NeededGradients(graph, wantedInputs);
    }

    private void count(Value value) {
        contributions.merge(value, 1, Integer::sum);
    }

    /** The outputs from whose gradients backward starts, or what the losses judge. */
    List<Value> seeds() {
        return seeds;
    }

    /** Tells whether a gradient arrives at one of the operation's results and leads on from there. */
    boolean isDifferentiated(Op forward) {
        return forward.outputs().stream().anyMatch(output -> contributions(output) > 0);
    }

    /** Counts the gradients by this value that are to be summed; 0 if none is needed. */
    int contributions(Value value) {
        return contributions.getOrDefault(value, 0);
    }
}
