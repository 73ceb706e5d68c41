package org.espalier.generator.ir.op;

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

    /** Begins a signature with its name. */
    public static Builder of(String name) {
        return new Builder(name);
    }

    /** Returns the values that are written, the result proper first. */
    public List<Value> outputs() {
        return and(results, saved);
    }

    private static <T> List<T> and(List<T> list, List<T> more) {
        if (list.isEmpty() || more.isEmpty()) {
            return list.isEmpty() ? more : list;
        }
        List<T> both = new ArrayList<>(list);
        both.addAll(more);
        return both;
    }

    /** A signature as an operation writes it, in the order in which it is printed. */
    public static final class Builder {
        private final String name;
        private List<Value> operands = List.of();
        private List<Value> sources = List.of();
        private List<Value> results = List.of();
        private List<Value> saved = List.of();
        private List<Attribute> attributes = List.of();
        private List<Argument.State> states = List.of();

        private Builder(String name) {
            this.name = name;
        }

        /** Further operands, of which the result is made. */
        public Builder from(Value... values) {
            return from(List.of(values));
        }

        /** Further operands, of which the result is made. */
        public Builder from(List<Value> values) {
            sources = and(sources, values);
            return with(values);
        }

        /** Further operands. */
        public Builder with(Value... values) {
            return with(List.of(values));
        }

        /** A further operand, if it is there. */
        public Builder with(Optional<Value> value) {
            return value.map(this::with).orElse(this);
        }

        private Builder with(List<Value> values) {
            operands = and(operands, values);
            return this;
        }

        /** Further results. */
        public Builder to(Value... values) {
            results = and(results, List.of(values));
            return this;
        }

        /** A further result, if it is there. */
        public Builder to(Optional<Value> value) {
            return value.map(this::to).orElse(this);
        }

        /** Further results that are kept for backward. */
        public Builder saving(Value... values) {
            saved = and(saved, List.of(values));
            return this;
        }

        /** A real number. */
        public Builder attribute(String attribute, double value) {
            return attribute(attribute, new Argument.Real(value));
        }

        /** A whole number. */
        public Builder attribute(String attribute, int value) {
            return attribute(attribute, new Argument.Whole(value));
        }

        /** A condition. */
        public Builder attribute(String attribute, boolean value) {
            return attribute(attribute, new Argument.Flag(value));
        }

        /** A word. */
        public Builder attribute(String attribute, String value) {
            return attribute(attribute, new Argument.Word(value));
        }

        /** Sizes along the axes of a window. */
        public Builder attribute(String attribute, WindowGeometry.Sizes value) {
            return attribute(attribute, new Argument.Sizes(value));
        }

        /** The window of a convolution or pool. */
        public Builder attribute(WindowGeometry window) {
            return attribute("window", new Argument.Geometry(window));
        }

        /** A constant of another kind. */
        public Builder attribute(String attribute, Argument value) {
            attributes = and(attributes, List.of(new Attribute(attribute, value)));
            return this;
        }

        /** Adds the state of the network that the kernel needs. */
        public Builder using(Argument.State... needed) {
            states = and(states, List.of(needed));
            return this;
        }

        /** The signature. */
        public OpSignature build() {
            return new OpSignature(name, operands, sources, results, saved, attributes, states);
        }
    }
}
