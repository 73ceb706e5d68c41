package org.espalier.onnx.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of a model.
 *
 * @param name its name, or where it has none its place: {@code node 7}
 * @param operator the operator, {@code Conv}
 * @param domain where the operator is defined; empty for ONNX itself
 * @param version the version of that domain
 * @param inputs names of values; an empty one stands for an input that was left out
 * @param outputs names of values; an empty one is not wanted
 * @param attributes numbers, strings, lists of such, and constants
 * @param modules the modules of the source it came from, outermost first, without the model itself
 */
public record Node(
        String name,
        String operator,
        String domain,
        int version,
        List<String> inputs,
        List<String> outputs,
        Map<String, Object> attributes,
        List<ModuleName> modules) {
    /** Copies the lists. */
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Map.copyOf(attributes);
        modules = List.copyOf(modules);
    }

    /**
     * A module of the source.
     *
     * @param path its full name, {@code layer1.0.conv1}
     * @param kind the name of its class, or an empty string if the model does not say
     */
    public record ModuleName(String path, String kind) {}

    /** Tells whether an input is there. */
    public boolean hasInput(int index) {
        return index < inputs.size() && !inputs.get(index).isEmpty();
    }

    /** Tells whether an attribute is there. */
    public boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    /** A whole number. */
    public long whole(String attribute, long otherwise) {
        return attributes.get(attribute) instanceof Long number ? number : otherwise;
    }

    /** A number. */
    public double real(String attribute, double otherwise) {
        return attributes.get(attribute) instanceof Float number ? Double.parseDouble(number.toString()) : otherwise;
    }

    /** A string. */
    public String text(String attribute, String otherwise) {
        return attributes.get(attribute) instanceof String text ? text : otherwise;
    }

    /** A list of whole numbers, or null if there is none. */
    public @Nullable List<Long> wholes(String attribute) {
        return attributes.get(attribute) instanceof Wholes list ? list.numbers() : null;
    }

    /** A list of numbers, or null if there is none. */
    public @Nullable List<Float> reals(String attribute) {
        return attributes.get(attribute) instanceof Reals list ? list.numbers() : null;
    }

    /** A list of strings, or null if there is none. */
    public @Nullable List<String> texts(String attribute) {
        return attributes.get(attribute) instanceof Texts list ? list.words() : null;
    }

    /** A tensor, or null if there is none. */
    public @Nullable Constant constant(String attribute) {
        return attributes.get(attribute) instanceof Constant constant ? constant : null;
    }

    /** Whole numbers of an attribute. */
    public record Wholes(List<Long> numbers) {}

    /** Numbers of an attribute. */
    public record Reals(List<Float> numbers) {}

    /** Strings of an attribute. */
    public record Texts(List<String> words) {}
}
