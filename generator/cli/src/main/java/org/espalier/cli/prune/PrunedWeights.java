package org.espalier.cli.prune;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.op.Value;
import org.espalier.weights.NumberConversion;
import org.espalier.weights.TensorFileWriter;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.TensorSource;
import org.espalier.weights.TensorType;

/** Writes the pruned weights; constants of removed channels are folded into biases. */
public final class PrunedWeights {
    private PrunedWeights() {}

    /**
     * Writes them, in the formats that they had. Tensors that are none of the network, such as an optimizer's state,
     * are left out.
     */
    public static void write(Graph graph, WeightNumbers weights, PrunePlan plan, TensorSource from, Path to) {
        Map<Value, double[]> biases = biases(weights, plan);
        TensorFileWriter writer = new TensorFileWriter();
        from.metadata().forEach(writer::metadata);
        for (Value value : WeightNumbers.tensors(graph)) {
            TensorInfo info = from.tensor(value.name());
            if (info == null) {
                continue;
            }
            List<List<Integer>> kept = new ArrayList<>();
            List<Long> shape = new ArrayList<>();
            for (int axis = 0; axis < value.shape().rank(); axis++) {
                List<Integer> remaining = plan.remaining(value, axis);
                kept.add(remaining);
                shape.add((long) remaining.size());
            }
            double[] bias = biases.get(value);
            writer.add(new TensorInfo(value.name(), info.type(), shape), sink -> {
                ByteBuffer numbers = bias == null ? from.numbers(value.name()) : bytes(bias, info.type());
                sink.accept(picked(numbers, info.type().bytes(), 0, value, kept));
            });
        }
        for (TensorInfo tensor : from.tensors()) {
            if (tensor.name().endsWith(".num_batches_tracked")) {
                writer.add(tensor, sink -> from.copy(tensor.name(), tensor.type(), sink));
            }
        }
        writer.write(to);
    }

    private static Map<Value, double[]> biases(WeightNumbers weights, PrunePlan plan) {
        Map<Value, double[]> biases = new HashMap<>();
        for (PrunePlan.Folded folded : plan.folded()) {
            Value bias = folded.use().op().bias().orElse(null);
            if (bias != null) {
                double[] numbers =
                        biases.computeIfAbsent(bias, value -> weights.of(value).clone());
                for (int output = 0; output < numbers.length; output++) {
                    numbers[output] += plan.added(folded, output);
                }
            }
        }
        return biases;
    }

    private static ByteBuffer bytes(double[] numbers, TensorType type) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(numbers);
        return NumberConversion.convert(bytes, TensorType.F64, type);
    }

    /** The elements at kept places along each axis from the first on. */
    static ByteBuffer picked(ByteBuffer numbers, int width, int firstAxis, Value value, List<List<Integer>> kept) {
        int count = kept.stream().mapToInt(List::size).reduce(1, (a, b) -> a * b);
        ByteBuffer picked = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
        pick(numbers, width, firstAxis, value, kept, 0, 0, picked);
        return picked.flip();
    }

    private static void pick(
            ByteBuffer numbers,
            int width,
            int firstAxis,
            Value value,
            List<List<Integer>> kept,
            int axis,
            int from,
            ByteBuffer to) {
        if (axis == kept.size()) {
            to.put(numbers.slice(numbers.position() + from * width, width));
            return;
        }
        int step = (int) value.shape().elementsBehind(firstAxis + axis);
        for (int place : kept.get(axis)) {
            pick(numbers, width, firstAxis, value, kept, axis + 1, from + place * step, to);
        }
    }
}
