package org.espalier.generator.ir.op;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node of an ONNX graph: an operator of values that have names there.
 *
 * @param inputs names of values; an empty one stands for an input that is left out
 * @param attributes a {@code Long}, {@code Double} or {@code String}, or a list of one of these, for each name
 */
public record OnnxNode(String operator, List<String> inputs, Map<String, Object> attributes) {
    /** Copies the lists. */
    public OnnxNode {
        inputs = List.copyOf(inputs);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** A node without attributes. */
    public static OnnxNode of(String operator, String... inputs) {
        return new OnnxNode(operator, List.of(inputs), Map.of());
    }

    /** The same node with a whole number. */
    public OnnxNode with(String attribute, long value) {
        return having(attribute, value);
    }

    /** The same node with a number. */
    public OnnxNode with(String attribute, double value) {
        return having(attribute, value);
    }

    /** The same node with a word. */
    public OnnxNode with(String attribute, String value) {
        return having(attribute, value);
    }

    /** The same node with whole numbers. */
    public OnnxNode with(String attribute, List<Integer> values) {
        return having(attribute, values.stream().map(Integer::longValue).toList());
    }

    /** The same node with words. */
    public OnnxNode withWords(String attribute, List<String> values) {
        return having(attribute, List.copyOf(values));
    }

    private OnnxNode having(String attribute, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(attributes);
        more.put(attribute, value);
        return new OnnxNode(operator, inputs, more);
    }
}
