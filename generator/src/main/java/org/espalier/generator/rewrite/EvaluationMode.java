package org.espalier.generator.rewrite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Precision;
import org.espalier.generator.ir.op.Argument.Function;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;
import org.espalier.generator.ir.op.WeightedOp.Scaling;
import org.espalier.generator.layer.elementwise.Elementwise;

/**
 * Makes of a network what it computes in evaluation mode, and that alone: without dropout, losses and regularizers,
 * with normalizations by running statistics taken into the weights before them.
 */
public final class EvaluationMode {
    private final Set<Value> outputs;
    private final Map<Value, Integer> readers;

    private EvaluationMode(Graph graph, List<ForwardOp> operations) {
        this.outputs = Set.copyOf(graph.outputs());
        this.readers = Rewrite.readers(operations);
    }

    /** The network in evaluation mode, in single precision. */
    public static Graph of(Graph graph) {
        List<ForwardOp> operations = graph.operations().stream()
                .flatMap(op -> op.evaluated().stream())
                .toList();
        EvaluationMode evaluation = new EvaluationMode(graph, operations);
        return new Graph(
                graph.declaration(),
                Precision.FLOAT32,
                graph.inputs(),
                graph.parameters(),
                graph.statistics(),
                evaluation.alive(evaluation.folded(operations)),
                graph.outputs(),
                Graph.Training.NONE,
                new Graph.Written(graph.calls(), List.of(), graph.sites()));
    }

    /** Takes scaling and shifting of the results of products into their weights. */
    private List<ForwardOp> folded(List<ForwardOp> operations) {
        // What stands in place of each operation, of which the last one writes its result.
        Map<Value, List<ForwardOp>> writers = new LinkedHashMap<>();
        for (ForwardOp op : operations) {
            List<ForwardOp> places = new ArrayList<>();
            Optional<Scaling> scaling = op.scaling();
            List<ForwardOp> before =
                    scaling.map(channels -> writers.get(channels.x())).orElse(List.of());
            if (!before.isEmpty()
                    && before.get(before.size() - 1) instanceof WeightedOp weighted
                    && isFoldable(weighted)) {
                // Scale and shift are computed in between, so the product moves behind them.
                before.remove(before.size() - 1);
                fold(weighted, scaling.orElseThrow(), op.result(), places);
            } else {
                places.add(op);
            }
            writers.put(op.result(), places);
        }
        return writers.values().stream().flatMap(List::stream).toList();
    }

    private boolean isFoldable(WeightedOp op) {
        return op.channelAxis().isPresent()
                && readers.getOrDefault(op.result(), 0) == 1
                && !outputs.contains(op.result());
    }

    private static void fold(WeightedOp op, Scaling scaling, Value result, List<ForwardOp> all) {
        Value scale = scaling.scale();
        Value shift = scaling.shift();
        OptionalInt axis = op.channelAxis();
        String layer = op.result().name();
        Value weight = constant(layer + " folded weight", op.weight().shape(), op);
        Value bias = constant(layer + " folded bias", scale.shape(), op);
        Function product = Elementwise.formula("folded", List.of("weight", "scale"), "weight * scale", Map.of());
        all.add(new Elementwise(
                op.origin(), product, List.of(op.weight(), scale), List.of(0, axis.orElseThrow()), weight));
        Optional<Value> before = op.bias();
        if (before.isPresent()) {
            Function sum =
                    Elementwise.formula("shifted", List.of("bias", "scale", "shift"), "bias * scale + shift", Map.of());
            List<Value> operands = List.of(before.get(), scale, shift);
            all.add(Elementwise.of(op.origin(), sum, operands, bias));
        }
        all.add(op.with(weight, before.isPresent() ? bias : shift, result));
    }

    private static Value constant(String name, Shape shape, WeightedOp op) {
        return new Value(name, shape, Value.Kind.STATISTIC, op.result().span());
    }

    /** Leaves out what no output depends on. */
    private List<ForwardOp> alive(List<ForwardOp> operations) {
        Set<Value> needed = new HashSet<>(outputs);
        List<ForwardOp> alive = new ArrayList<>();
        for (int i = operations.size() - 1; i >= 0; i--) {
            ForwardOp op = operations.get(i);
            if (op.signature().results().stream().anyMatch(needed::contains)) {
                needed.addAll(op.inputs());
                alive.add(op);
            }
        }
        Collections.reverse(alive);
        return alive;
    }
}
