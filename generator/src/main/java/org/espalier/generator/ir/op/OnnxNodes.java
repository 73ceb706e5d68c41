package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An ONNX graph as it is being written, seen by the operation of a forward pass whose turn it is. Values are named;
 * {@link #is} tells the name of each that the operation computes.
 */
public interface OnnxNodes {
    /** The version of ONNX's operators that are used. */
    int opset();

    /** Returns the name of a value that was computed or given. */
    String of(Value value);

    /** Returns the name of a value, or that of nothing. */
    default String of(Optional<Value> value) {
        return value.map(this::of).orElse("");
    }

    /** Says which name a value has that this operation computes. */
    void is(Value value, String name);

    /** Adds a node and returns the names of its outputs. */
    List<String> add(OnnxNode node, int outputs);

    /** Adds a node with one output and returns its name. */
    default String add(OnnxNode node) {
        return add(node, 1).get(0);
    }

    /** Adds a node without attributes and with one output. */
    default String add(String operator, String... inputs) {
        return add(OnnxNode.of(operator, inputs));
    }

    /** A number without axes. */
    String number(double number);

    /** The same number everywhere in a tensor of fixed sizes. */
    String filled(double number, List<Integer> sizes);

    /** Whole numbers along one axis. */
    String wholes(List<Integer> numbers);

    /** Whole numbers along one axis. */
    default String wholes(Integer... numbers) {
        return wholes(List.of(numbers));
    }

    /** The number of samples, as a whole number along one axis. */
    String batch();

    /** Lists that this operation has no counterpart, with the reason. */
    void refuse(String reason);

    /** Returns the operation that computes a value, unless it is given. */
    Optional<ForwardOp> maker(Value value);

    /** Returns the operations that read a value. */
    List<ForwardOp> readers(Value value);

    /** A value as whole numbers, which is what ONNX looks up by. */
    default String whole(Value value) {
        return value.isWhole() ? of(value) : add(OnnxNode.of("Cast", of(value)).with("to", ElementType.INT.onnx()));
    }

    /** The sizes of a shape, along one axis. */
    default String sizes(Shape shape) {
        return shape.batched()
                ? add(OnnxNode.of("Concat", batch(), wholes(shape.dimensions())).with("axis", 0))
                : wholes(shape.dimensions());
    }

    /** The same numbers under another shape, whose batch is that of before. */
    default String reshaped(String name, Shape shape) {
        List<Integer> sizes = new ArrayList<>(shape.dimensions());
        if (shape.batched()) {
            // Where a size is 0, ONNX keeps the one that is there.
            sizes.add(0, 0);
        }
        return add("Reshape", name, wholes(sizes));
    }

    /** The axes in another order. */
    default String permuted(String name, List<Integer> order) {
        return order.equals(IntStream.range(0, order.size()).boxed().toList())
                ? name
                : add(OnnxNode.of("Transpose", name).with("perm", order));
    }

    /** Two axes of some exchanged. */
    default String exchanged(String name, int rank, int one, int other) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.swap(order, one, other);
        return permuted(name, order);
    }

    /** A part along an axis. */
    default String part(String name, int axis, int from, int to) {
        return add("Slice", name, wholes(from), wholes(to), wholes(axis));
    }

    /** The parts one after the other along an axis. */
    default String joined(int axis, List<String> parts) {
        return parts.size() == 1
                ? parts.get(0)
                : add(OnnxNode.of("Concat", parts.toArray(String[]::new)).with("axis", axis));
    }
}
