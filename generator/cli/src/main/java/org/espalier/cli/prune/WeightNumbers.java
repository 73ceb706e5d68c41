package org.espalier.cli.prune;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Statistic;
import org.espalier.generator.ir.op.Value;
import org.espalier.weights.NumberConversion;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorSource;
import org.espalier.weights.TensorType;

/** Weights of a network by name, as arrays of numbers. */
public final class WeightNumbers {
    private final Map<Value, double[]> numbers = new HashMap<>();

    private WeightNumbers() {}

    /**
     * Reads what a network needs.
     *
     * @throws PruneException if a tensor is missing, or has another shape or numbers that are not finite
     */
    public static WeightNumbers read(Graph graph, TensorSource file) throws PruneException {
        WeightNumbers weights = new WeightNumbers();
        List<String> problems = new ArrayList<>();
        for (Value value : tensors(graph)) {
            TensorInfo found = file.tensor(value.name());
            if (found == null) {
                problems.add("has no tensor '" + value.name() + "' " + value.shape());
            } else if (!found.shape().equals(shape(value))) {
                problems.add("has " + found + ", and the network has " + value.shape());
            } else {
                double[] numbers = doubles(file.numbers(value.name()), found.type());
                if (!Arrays.stream(numbers).allMatch(Double::isFinite)) {
                    problems.add("has numbers in '" + value.name() + "' that are infinite or NaN, with which a network"
                            + " computes nothing that a smaller one could");
                }
                weights.numbers.put(value, numbers);
            }
        }
        if (!problems.isEmpty()) {
            int more = problems.size() - 1;
            throw new PruneException(file.path() + " " + problems.get(0)
                    + (more > 0 ? ", and " + more + " tensors more do not fit" : ""));
        }
        return weights;
    }

    private static double[] doubles(ByteBuffer bytes, TensorType type) {
        double[] numbers = new double[bytes.remaining() / type.bytes()];
        NumberConversion.convert(bytes, type, TensorType.F64).asDoubleBuffer().get(numbers);
        return numbers;
    }

    /** The tensors of a network's weights file. */
    static List<Value> tensors(Graph graph) {
        return Stream.concat(
                        graph.parameters().stream().map(parameter -> parameter.value()),
                        graph.statistics().stream().map(Statistic::value))
                .distinct()
                .toList();
    }

    static List<Long> shape(Value value) {
        return value.shape().dimensions().stream().map(Integer::longValue).toList();
    }

    /** Tells whether the file has a tensor. */
    boolean has(Value value) {
        return numbers.containsKey(value);
    }

    /** All numbers of a tensor; changes to them are changes to it. */
    double[] of(Value value) {
        double[] all = numbers.get(value);
        if (all == null) {
            throw new IllegalArgumentException(value.name() + " has no weights");
        }
        return all;
    }

    /**
     * The place of the first number of a slice of a matrix or kernel.
     *
     * @param first along axis 0
     * @param second along axis 1
     */
    static int start(Value weight, int first, int second) {
        return (first * weight.shape().axis(1) + second) * slice(weight);
    }

    /** Numbers of a kernel: those behind the first two axes. */
    static int slice(Value weight) {
        return weight.shape().dimensions().stream().skip(2).reduce(1, (a, b) -> a * b);
    }
}
