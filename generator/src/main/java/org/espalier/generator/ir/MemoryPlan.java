package org.espalier.generator.ir;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.StridedLayout;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.op.View;

/**
 * Places of the planned values of a program in memory: one arena of {@code batch × perSample + fixed} elements,
 * allocated once for a batch size. Where nothing but forward ever runs, a smaller arena does, in which values lie
 * within each other in the same way, but what only backward writes has no place at all.
 *
 * @param placements by value, in the order of first writing, but what a value is seen in always before it
 * @param size of the arena of whole steps
 * @param forwardSize of the arena of forward alone
 */
public record MemoryPlan(Map<Value, Placement> placements, Size size, Size forwardSize) {
    /** No memory planned yet. */
    public static final MemoryPlan NONE = new MemoryPlan(Map.of(), Size.NONE, Size.NONE);

    /** The offset, in the arena of forward alone, of what has no place there. */
    public static final long NOWHERE = -1;

    /**
     * The size of an arena.
     *
     * @param perSample elements for each sample
     * @param fixed elements besides, for values without a batch axis
     */
    public record Size(long perSample, long fixed) {
        private static final Size NONE = new Size(0, 0);
    }

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
    public static MemoryPlan of(Collection<Value> values, Map<Value, Placement> places, Size size, Size forwardSize) {
        Map<Value, Placement> ordered = new LinkedHashMap<>();
        for (Value value : values) {
            Deque<Value> chain = new ArrayDeque<>();
            Value next = value;
            while (!ordered.containsKey(next)) {
                chain.push(next);
                if (!(Objects.requireNonNull(places.get(next)) instanceof Within within)) {
                    break;
                }
                next = within.view().of();
            }
            chain.forEach(link -> ordered.put(link, Objects.requireNonNull(places.get(link))));
        }
        return new MemoryPlan(ordered, size, forwardSize);
    }

    /** Place of one value in memory. */
    public sealed interface Placement {}

    /** Place of a value that is seen in no other one. */
    public sealed interface Root extends Placement permits PerSample, Fixed {
        /** Its offset in the arena of whole steps. */
        long offset();

        /** Its offset in the arena of forward alone; {@link #NOWHERE} if it has no place there. */
        long forwardOffset();

        /** Tells whether it has a place in the arena of forward alone. */
        default boolean isInForward() {
            return forwardOffset() != NOWHERE;
        }
    }

    /**
     * At {@code batch × offset} of the arena, for a value with a batch axis.
     *
     * @param forwardOffset in the arena of forward alone; {@link #NOWHERE} if it has no place there
     */
    public record PerSample(long offset, long forwardOffset) implements Root {
        /** Without a place in the arena of forward alone. */
        public PerSample(long offset) {
            this(offset, NOWHERE);
        }
    }

    /**
     * At {@code batch × perSample + offset} of the arena, for a value without one.
     *
     * @param forwardOffset in the arena of forward alone; {@link #NOWHERE} if it has no place there
     */
    public record Fixed(long offset, long forwardOffset) implements Root {
        /** Without a place in the arena of forward alone. */
        public Fixed(long offset) {
            this(offset, NOWHERE);
        }
    }

    /** In the memory of another value. */
    public record Within(View view) implements Placement {}

    /**
     * The elements of a value within the memory of another one: of every sample, or of the whole of it without a batch
     * axis. Two values share memory if they overlap here.
     *
     * @param root a value that is not seen in another one
     * @param layout in as few axes as possible, so that it is the same for all shapes of the same elements
     */
    public record Stretch(Value root, StridedLayout layout) {
        /** Simplifies the layout. */
        public Stretch {
            layout = layout.simplified();
        }

        /** So many elements one after the other. */
        public Stretch(Value root, long offset, long elements) {
            this(root, StridedLayout.of(offset, elements));
        }

        /** Elements of the root that lie before it. */
        public long offset() {
            return layout.offset();
        }

        /** Counts its elements. */
        public long elements() {
            return layout.elements();
        }

        /** Tells whether it is the whole of its root. */
        public boolean isWhole() {
            return layout.isContiguous() && elements() == root.shape().elements();
        }

        /** The strides of a value of a shape that lies there. */
        public List<Long> strides(Shape shape) {
            return layout.reshaped(shape.dimensions()).orElseThrow().strides();
        }

        /** Tells whether some element belongs to both. */
        public boolean overlaps(Stretch other) {
            return root.equals(other.root) && layout.overlaps(other.layout);
        }

        /** The elements of a value that is seen so, if strides can say it, of which this is the whole. */
        public Optional<Stretch> seen(View view, Shape shape) {
            return layout.reshaped(view.of().shape().dimensions())
                    .flatMap(whole -> view.layout(whole, shape))
                    .map(part -> new Stretch(root, part));
        }
    }

    /** Elements that the arena has for each sample. */
    public long perSample() {
        return size.perSample();
    }

    /** Elements that the arena has besides, for values without a batch axis. */
    public long fixed() {
        return size.fixed();
    }

    /** The plan of the arena of forward alone: the values that have a place there. */
    public MemoryPlan forwardAlone() {
        Map<Value, Placement> kept = new LinkedHashMap<>();
        placements.forEach((value, placement) -> {
            if (placement instanceof PerSample at && at.isInForward()) {
                kept.put(value, new PerSample(at.forwardOffset()));
            } else if (placement instanceof Fixed at && at.isInForward()) {
                kept.put(value, new Fixed(at.forwardOffset()));
            } else if (placement instanceof Within within
                    && kept.containsKey(within.view().of())) {
                kept.put(value, within);
            }
        });
        return new MemoryPlan(kept, forwardSize, Size.NONE);
    }

    /** Tells whether anything lies elsewhere where nothing but forward runs, or is not there. */
    public boolean hasViews() {
        return !size.equals(forwardSize)
                || placements.values().stream()
                        .anyMatch(placement -> placement instanceof Root root && root.forwardOffset() != root.offset());
    }

    /**
     * The number of elements before one of the {@link #stretches} in the arena of forward alone, counted as in that of
     * steps; {@link #NOWHERE} if it has no place there.
     */
    public long offsetInView(Stretch stretch) {
        Root root = (Root) of(stretch.root());
        if (!root.isInForward()) {
            return NOWHERE;
        }
        return root.forwardOffset() + (root instanceof Fixed ? stretch.offset() : 0);
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
        if (placement instanceof Within within) {
            return Objects.requireNonNull(before.get(within.view().of()))
                    .seen(within.view(), value.shape())
                    .orElseThrow(() -> new IllegalStateException(value + " cannot be " + within.view()));
        }
        return new Stretch(value, 0, value.shape().elements());
    }

    /** The placement of a planned value. */
    public Placement of(Value value) {
        return Objects.requireNonNull(placements.get(value), () -> value + " has no memory planned");
    }
}
