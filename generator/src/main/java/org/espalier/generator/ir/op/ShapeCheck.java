package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Collects what is wrong with the shapes of an operation's operands: relations that must hold, written apart from the
 * rules by which layers infer shapes.
 */
public final class ShapeCheck {
    private final List<String> violations = new ArrayList<>();

    /** Returns the violations found. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** A value has a shape. */
    public ShapeCheck equal(Value value, Shape expected) {
        return that(
                value.shape().equals(expected), () -> value + " is " + value.shape() + " and should be " + expected);
    }

    /** A value has a shape, if it is there. */
    public ShapeCheck equal(Optional<Value> value, Shape expected) {
        value.ifPresent(present -> equal(present, expected));
        return this;
    }

    /** Values have the shape of the first. */
    public ShapeCheck sameShape(Value first, Value... others) {
        for (Value other : others) {
            equal(other, first.shape());
        }
        return this;
    }

    /** A value has a batch, and so many axes with it. */
    public ShapeCheck rank(Value value, int rank) {
        return that(
                value.shape().batched() && value.shape().rank() == rank,
                () -> value + " is " + value.shape() + " and should have a batch and " + rank + " axes");
    }

    /** A value has an axis that is not the batch. */
    public ShapeCheck axis(Value value, int axis) {
        return that(
                axis >= value.shape().firstAxis() && axis < value.shape().rank(),
                () -> value + " is " + value.shape() + " and should have an axis " + axis + " that is not the batch");
    }

    /** A value has a batch and channels. */
    public ShapeCheck channels(Value value) {
        return that(
                value.shape().batched() && value.shape().rank() >= 2,
                () -> value + " is " + value.shape() + " and should have a batch and channels");
    }

    /** A condition holds. */
    public ShapeCheck that(boolean condition, Supplier<String> violation) {
        if (!condition) {
            violations.add(violation.get());
        }
        return this;
    }

    /** Checks more if nothing was wrong so far. */
    public ShapeCheck then(Consumer<ShapeCheck> more) {
        if (violations.isEmpty()) {
            more.accept(this);
        }
        return this;
    }

    /** Adds what was found elsewhere. */
    public ShapeCheck and(List<String> others) {
        violations.addAll(others);
        return this;
    }
}
