package org.espalier.generator.ir;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.espalier.generator.ir.op.Value;

/**
 * Places of the planned values of a program in memory: one arena of {@code batch × perSample + fixed} elements,
 * allocated once for a batch size.
 *
 * @param placements by value, in the order of first writing, but what a value is seen in always before it
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

    /**
     * A plan with its places in order.
     *
     * @param values the planned values, in the order of first writing
     * @param places the place of each
     */
    public static MemoryPlan of(Collection<Value> values, Map<Value, Placement> places, long perSample, long fixed) {
        Map<Value, Placement> ordered = new LinkedHashMap<>();
        for (Value value : values) {
            Deque<Value> chain = new ArrayDeque<>();
            Value next = value;
            while (!ordered.containsKey(next)) {
                chain.push(next);
                Placement placement = Objects.requireNonNull(places.get(next));
                if (placement instanceof Same same) {
                    next = same.as();
                } else if (placement instanceof Channels channels) {
                    next = channels.of();
                } else {
                    break;
                }
            }
            chain.forEach(link -> ordered.put(link, Objects.requireNonNull(places.get(link))));
        }
        return new MemoryPlan(ordered, perSample, fixed);
    }

    /** Place of one value in memory. */
    public sealed interface Placement {}

    /** At {@code batch × offset} of the arena, for a value with a batch axis. */
    public record PerSample(long offset) implements Placement {}

    /** At {@code batch × perSample + offset} of the arena, for a value without one. */
    public record Fixed(long offset) implements Placement {}

    /** The channels from {@code from} on of another value, with that value's strides. */
    public record Channels(Value of, int from) implements Placement {}

    /** The same elements as another value, under this value's own shape: an in-place operation, a flattening. */
    public record Same(Value as) implements Placement {}

    /**
     * A stretch of memory: {@code elements} of every sample of {@code root} (or of the whole of it, without a batch
     * axis), from {@code offset} on. Two values share memory if they overlap here.
     *
     * @param root a value that is not seen in another one
     */
    public record Stretch(Value root, long offset, long elements) {
        /** Tells whether some element belongs to both. */
        public boolean overlaps(Stretch other) {
            return root.equals(other.root)
                    && offset < other.offset + other.elements
                    && other.offset < offset + elements;
        }
    }

    /** Returns the memory in which one value lies in the end; {@link #stretches} is what to ask about many. */
    public Stretch stretch(Value value) {
        return Objects.requireNonNull(stretches().get(value), () -> value + " has no memory planned");
    }

    /** Returns the memory in which every planned value lies in the end, views followed to what they are views of. */
    public Map<Value, Stretch> stretches() {
        Map<Value, Stretch> stretches = new HashMap<>();
        placements.forEach((value, placement) -> stretches.put(value, follow(value, placement, stretches)));
        return stretches;
    }

    private static Stretch follow(Value value, Placement placement, Map<Value, Stretch> before) {
        long elements = value.shape().elements();
        if (placement instanceof Same same) {
            Stretch as = Objects.requireNonNull(before.get(same.as()));
            return new Stretch(as.root(), as.offset(), elements);
        } else if (placement instanceof Channels channels) {
            Value whole = channels.of();
            Stretch of = Objects.requireNonNull(before.get(whole));
            long channel = whole.shape().elements() / whole.shape().axis(1);
            return new Stretch(of.root(), of.offset() + channels.from() * channel, elements);
        }
        return new Stretch(value, 0, elements);
    }

    /** The placement of a planned value. */
    public Placement of(Value value) {
        return Objects.requireNonNull(placements.get(value), () -> value + " has no memory planned");
    }
}
