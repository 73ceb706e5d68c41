package org.espalier.generator.layer.recurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.espalier.generator.ir.op.Effect;
import org.espalier.generator.ir.op.OnnxNode;
import org.espalier.generator.ir.op.OnnxNodes;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.WeightedOp;

/**
 * Writes recurrences as nodes of ONNX, which have the products with the input in them, time as their first axis, and
 * gates in another order. ONNX has no projections, and of the cells of an LSTM only the last: where these are not
 * enough, steps are written one by one.
 */
final class RecurrentOnnx {
    private final Recurrence of;
    private final OnnxNodes nodes;
    private final int length;
    private final int size;

    RecurrentOnnx(Recurrence of, OnnxNodes nodes) {
        this.of = of;
        this.nodes = nodes;
        this.length = of.p().shape().axis(1);
        this.size = of.p().shape().last() / of.cell().gates();
    }

    void write() {
        Optional<WeightedOp> products = nodes.maker(of.p())
                .filter(WeightedOp.class::isInstance)
                .map(WeightedOp.class::cast)
                .filter(op -> op.weight().shape().rank() == 2);
        if (of.projection().isEmpty() && products.isPresent() && readsLastCellsAlone()) {
            whole(products.get());
        } else if (of.cell() == Cell.LSTM) {
            steps();
        } else {
            nodes.refuse("ONNX has a " + of.cell().text() + " only behind the product with its input");
        }
    }

    private boolean readsLastCellsAlone() {
        return of.cells().isEmpty()
                || nodes.readers(of.cells().get()).stream()
                        .allMatch(
                                reader -> reader.slices().filter(this::areLast).isPresent());
    }

    private boolean areLast(Effect.Slices slices) {
        Effect.Slices.Part first = slices.parts().get(0);
        return slices.axis() == 1
                && slices.parts().size() == 1
                && first.from() == last()
                && first.value().shape().axis(1) == 1;
    }

    /** The place of the last step, which in reverse comes first. */
    private int last() {
        return of.reverse() ? 0 : length - 1;
    }

    private void whole(WeightedOp products) {
        Value x = products.signature().sources().get(0);
        String sequence = nodes.permuted(nodes.of(x), List.of(1, 0, 2));
        String weight = ofOneDirection(ordered(nodes.of(products.weight())));
        String stateWeight = ofOneDirection(ordered(nodes.of(of.weight())));
        List<String> read = new ArrayList<>(List.of(sequence, weight, stateWeight, biases(products), "", ""));
        of.h0().ifPresent(state -> read.set(5, nodes.permuted(nodes.of(state), List.of(1, 0, 2))));
        of.c0().ifPresent(cells -> read.add(nodes.permuted(nodes.of(cells), List.of(1, 0, 2))));
        String direction = of.reverse() ? "reverse" : "forward";
        OnnxNode node = OnnxNode.of(operator(), read.toArray(String[]::new))
                .with("hidden_size", size)
                .with("direction", direction);
        if (of.cell() == Cell.GRU) {
            node = node.with("linear_before_reset", 1);
        }
        if (of.cell() == Cell.RNN_RELU) {
            node = node.withWords("activations", List.of("Relu"));
        }
        List<String> made = nodes.add(node, of.cell().hasMemory() ? 3 : 2);
        String states = nodes.add("Squeeze", made.get(0), nodes.wholes(1));
        nodes.is(of.y(), nodes.permuted(states, List.of(1, 0, 2)));
        of.cells().filter(cells -> !nodes.readers(cells).isEmpty()).ifPresent(cells -> {
            // They are read where they are the last ones, and are there everywhere.
            String last = nodes.permuted(made.get(2), List.of(1, 0, 2));
            nodes.is(cells, nodes.add("Expand", last, nodes.wholes(1, length, 1)));
        });
    }

    private String operator() {
        return switch (of.cell()) {
            case LSTM -> "LSTM";
            case GRU -> "GRU";
            case RNN_TANH, RNN_RELU -> "RNN";
        };
    }

    /** The gates in ONNX's order: i, o, f, g of an LSTM and z, r, n of a GRU. */
    private String ordered(String gates) {
        List<Integer> order = switch (of.cell()) {
            case LSTM -> List.of(0, 3, 1, 2);
            case GRU -> List.of(1, 0, 2);
            case RNN_TANH, RNN_RELU -> List.of(0);
        };
        List<Integer> rows = order.stream()
                .flatMap(gate -> IntStream.range(gate * size, (gate + 1) * size).boxed())
                .toList();
        return order.size() == 1 ? gates : nodes.add("Gather", gates, nodes.wholes(rows));
    }

    private String ofOneDirection(String tensor) {
        return nodes.add("Unsqueeze", tensor, nodes.wholes(0));
    }

    private String biases(WeightedOp products) {
        if (products.bias().isEmpty() && of.bias().isEmpty()) {
            return "";
        }
        return ofOneDirection(nodes.joined(
                0,
                Stream.of(products.bias(), of.bias())
                        .map(bias -> bias.map(value -> ordered(nodes.of(value)))
                                .orElseGet(
                                        () -> nodes.filled(0, List.of(of.cell().gates() * size))))
                        .toList()));
    }

    // z = p + W h + b; i, f, g, o of it; c = f c + i g; h = P (o tanh c).
    private void steps() {
        Shape states = Shape.batch(of.y().shape().last());
        String hidden = initial(of.h0(), states);
        String cells = initial(of.c0(), Shape.batch(size));
        String weight = nodes.permuted(nodes.of(of.weight()), List.of(1, 0));
        Optional<String> projection = of.projection().map(matrix -> nodes.permuted(nodes.of(matrix), List.of(1, 0)));
        String[] allStates = new String[length];
        String[] allCells = new String[length];
        for (int i = 0; i < length; i++) {
            int place = of.reverse() ? length - 1 - i : i;
            String given = nodes.reshaped(
                    nodes.part(nodes.of(of.p()), 1, place, place + 1),
                    Shape.batch(of.p().shape().last()));
            String sum = nodes.add("Add", given, nodes.add("MatMul", hidden, weight));
            String biased = of.bias().isPresent() ? nodes.add("Add", sum, nodes.of(of.bias())) : sum;
            List<String> gates = nodes.add(
                    OnnxNode.of("Split", biased, nodes.wholes(size, size, size, size))
                            .with("axis", 1),
                    4);
            String kept = nodes.add("Mul", nodes.add("Sigmoid", gates.get(1)), cells);
            String added = nodes.add("Mul", nodes.add("Sigmoid", gates.get(0)), nodes.add("Tanh", gates.get(2)));
            cells = nodes.add("Add", kept, added);
            String out = nodes.add("Mul", nodes.add("Sigmoid", gates.get(3)), nodes.add("Tanh", cells));
            hidden = projection.isPresent() ? nodes.add("MatMul", out, projection.get()) : out;
            allStates[place] = ofStep(hidden);
            allCells[place] = ofStep(cells);
        }
        nodes.is(of.y(), nodes.joined(1, List.of(allStates)));
        of.cells().ifPresent(value -> nodes.is(value, nodes.joined(1, List.of(allCells))));
    }

    private String ofStep(String state) {
        return nodes.add("Unsqueeze", state, nodes.wholes(1));
    }

    private String initial(Optional<Value> state, Shape shape) {
        return state.map(value -> nodes.reshaped(nodes.of(value), shape))
                .orElseGet(() -> nodes.add("Expand", nodes.number(0), nodes.sizes(shape)));
    }
}
