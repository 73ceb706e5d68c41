package org.espalier.spark;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * Inputs and targets of a network, in the order in which a batch has them.
 *
 * @param inputs at least one
 * @param targets none if examples are for predictions alone
 */
public record ExampleFields(List<Field> inputs, List<Field> targets) implements Serializable {
    /** Copies the lists. */
    public ExampleFields {
        inputs = List.copyOf(inputs);
        targets = List.copyOf(targets);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("expected an input at least, found none");
        }
    }

    /** One input and one target. */
    public static ExampleFields of(Field input, Field target) {
        return new ExampleFields(List.of(input), List.of(target));
    }

    /** Inputs without targets, for predictions. */
    public static ExampleFields inputs(Field... inputs) {
        return new ExampleFields(List.of(inputs), List.of());
    }

    /** The inputs alone. */
    ExampleFields withoutTargets() {
        return new ExampleFields(inputs, List.of());
    }

    /** Inputs, then targets. */
    List<Field> all() {
        return Stream.concat(inputs.stream(), targets.stream()).toList();
    }
}
