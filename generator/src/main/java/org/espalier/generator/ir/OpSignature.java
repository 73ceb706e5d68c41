package org.espalier.generator.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An operation as it is printed and called: its name, what it reads and writes, its attributes, all in one order. The
 * printed form, what passes ask about operands, and the call of the kernel follow from it.
 *
 * @param name the name in printed programs, {@code conv2d_backward_input}
 * @param operands what is read, parameters and all
 * @param sources the operands that the result is made of: x, not W; dY, not x
 * @param results what is computed, the result proper first
 * @param saved what is computed only to be read by the operation's own backward
 * @param attributes constants
 * @param states what of the network the kernel needs besides
 */
public record OpSignature(
        String name,
        List<Value> operands,
        List<Value> sources,
        List<Value> results,
        List<Value> saved,
        List<Attribute> attributes,
        List<Argument.State> states) {
    /** A constant with its name in printed programs. */
    public record Attribute(String name, Argument value) {}

    /** Copies the lists. */
    public OpSignature {
        operands = List.copyOf(operands);
        sources = List.copyOf(sources);
        results = List.copyOf(results);
        saved = List.copyOf(saved);
        attributes = List.copyOf(attributes);
        states = List.copyOf(states);
    }

    /** A name alone. */
    public static OpSignature of(String name) {
        return new OpSignature(name, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** What is written, the result proper first. */
    public List<Value> outputs() {
        return and(results, saved);
    }

    /** Further operands, of which the result is made. */
    public OpSignature from(Value... values) {
        return from(List.of(values));
    }

    /** Further operands, of which the result is made. */
    public OpSignature from(List<Value> values) {
        return new OpSignature(name, and(operands, values), and(sources, values), results, saved, attributes, states);
    }

    /** Further operands. */
    public OpSignature with(Value... values) {
        return new OpSignature(name, and(operands, List.of(values)), sources, results, saved, attributes, states);
    }

    /** A further operand, if it is there. */
    public OpSignature with(Optional<Value> value) {
        return value.map(this::with).orElse(this);
    }

    /** Further results. */
    public OpSignature to(Value... values) {
        return new OpSignature(name, operands, sources, and(results, List.of(values)), saved, attributes, states);
    }

    /** A further result, if it is there. */
    public OpSignature to(Optional<Value> value) {
        return value.map(this::to).orElse(this);
    }

    /** Further results that are kept for backward. */
    public OpSignature saving(Value... values) {
        return new OpSignature(name, operands, sources, results, and(saved, List.of(values)), attributes, states);
    }

    /** A real number. */
    public OpSignature attribute(String attribute, double value) {
        return attribute(attribute, new Argument.Real(value));
    }

    /** A whole number. */
    public OpSignature attribute(String attribute, int value) {
        return attribute(attribute, new Argument.Whole(value));
    }

    /** A condition. */
    public OpSignature attribute(String attribute, boolean value) {
        return attribute(attribute, new Argument.Flag(value));
    }

    /** A name or a word. */
    public OpSignature attribute(String attribute, String value) {
        return attribute(attribute, new Argument.Word(value));
    }

    /** Sizes along height and width. */
    public OpSignature attribute(String attribute, Window.Pair value) {
        return attribute(attribute, new Argument.Sizes(value));
    }

    /** The window of a convolution or pool. */
    public OpSignature attribute(Window window) {
        return attribute("window", new Argument.Geometry(window));
    }

    /** A constant of another kind. */
    public OpSignature attribute(String attribute, Argument value) {
        return new OpSignature(
                name,
                operands,
                sources,
                results,
                saved,
                and(attributes, List.of(new Attribute(attribute, value))),
                states);
    }

    /** What of the network the kernel needs. */
    public OpSignature using(Argument.State... needed) {
        return new OpSignature(name, operands, sources, results, saved, attributes, and(states, List.of(needed)));
    }

    private static <T> List<T> and(List<T> list, List<T> more) {
        if (list.isEmpty() || more.isEmpty()) {
            return list.isEmpty() ? more : list;
        }
        List<T> both = new ArrayList<>(list);
        both.addAll(more);
        return both;
    }
}
