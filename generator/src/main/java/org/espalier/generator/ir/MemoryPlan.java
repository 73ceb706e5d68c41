package org.espalier.generator.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where the planned values of a program live: one arena of {@code batch × perSample + fixed} elements, allocated once
 * for a batch size.
 *
 * @param placements by value, in the order of first writing
 * @param perSample elements that the arena has for each sample
 * @param fixed elements that the arena has besides, for values without a batch axis
 */
public record MemoryPlan(Map<Value, Placement> placements, long perSample, long fixed) {
    /** No memory planned yet. */
    public static final MemoryPlan NONE = new MemoryPlan(Map.of(), 0, 0);

    /** Copies the map, keeping its order. */
    public MemoryPlan {
        placements = Collections.unmodifiableMap(new LinkedHashMap<>(placements));
    }

    /** Where one value lives. */
    public sealed interface Placement {}

    /** At {@code batch × offset} of the arena, for a value with a batch axis. */
    public record PerSample(long offset) implements Placement {}

    /** At {@code batch × perSample + offset} of the arena, for a value without one. */
    public record Fixed(long offset) implements Placement {}

    /** The channels from {@code from} on of another value, with that value's strides. */
    public record Channels(Value of, int from) implements Placement {}

    /** The same elements as another value, under this value's own shape: an in-place operation, a flattening. */
    public record Same(Value as) implements Placement {}

    /** The placement of a planned value. */
    public Placement of(Value value) {
        return Objects.requireNonNull(placements.get(value), () -> value + " has no memory planned");
    }
}
