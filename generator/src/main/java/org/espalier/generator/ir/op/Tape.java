package org.espalier.generator.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The backward pass as it is being written, seen by the operation of the forward pass whose turn it is. */
public interface Tape {
    /** The gradient by a value whose readers have all contributed. */
    Value gradient(Value value);

    /** Tells whether a gradient arrives at a result: of several, some may lead nowhere. */
    boolean reaches(Value result);

    /**
     * Adds the operation's gradient to that of a value that it read, if that is needed.
     *
     * @param rule from the value to write to the operation that writes it
     */
    void contribute(Value value, Function<Value, Op> rule);

    /** Adds the operation's gradient to that of a value that it may have read. */
    default void contribute(Optional<Value> value, Function<Value, Op> rule) {
        value.ifPresent(present -> contribute(present, rule));
    }

    /** Adds the operation's gradient to that of a value, needed or not: it is written with others that are needed. */
    default void write(Value value, Function<Value, Op> rule) {
        write(List.of(value), gradients -> rule.apply(gradients.get(0)));
    }

    /** Adds the operation's gradients to those of several values, needed or not, which one operation writes. */
    void write(List<Value> values, Function<List<Value>, Op> rule);

    /** Adds an operation that makes what the next one reads. */
    void add(Op op);

    /** The gradient by a parameter that is written with others, if it is needed. */
    Optional<Value> parameterGradient(Optional<Value> parameter);
}
