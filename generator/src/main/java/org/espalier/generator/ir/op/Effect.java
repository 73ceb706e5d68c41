package org.espalier.generator.ir.op;

import java.util.ArrayList;
import java.util.List;

/** Effect of an operation on memory: what the planner may make of it, and what the verifier lets pass. */
public sealed interface Effect {
    /** Writes memory that nothing it reads may share. */
    Effect COMPUTES = new Computes();

    /** May overwrite what its result is made of, element by element. */
    static Effect elementwise(OpSignature signature) {
        return signature.sources().isEmpty()
                ? COMPUTES
                : new MayOverwrite(signature.sources(), signature.results().get(0));
    }

    /** See {@link #COMPUTES}. */
    record Computes() implements Effect {
        @Override
        public List<Alias> views() {
            return List.of();
        }
    }

    /**
     * Works element by element: what it writes may be the very memory of one of the candidates, and no other overlap.
     *
     * @param readAfterwards what it reads still when it has written there before, so that its memory is not to be
     *     shared, under any name
     */
    record MayOverwrite(List<Value> candidates, Value out, List<Value> readAfterwards) implements Effect {
        /** Copies the lists. */
        public MayOverwrite {
            candidates = List.copyOf(candidates);
            readAfterwards = List.copyOf(readAfterwards);
        }

        /** Reads nothing afterwards. */
        public MayOverwrite(List<Value> candidates, Value out) {
            this(candidates, out, List.of());
        }

        @Override
        public List<Alias> views() {
            return List.of();
        }
    }

    /** The views that make the operation superfluous where all of them are planned; none of one that computes. */
    List<Alias> views();

    /** A value, and how it can be seen in another one. */
    record Alias(Value value, View view) {}

    /** Computes nothing: the same numbers under another shape. May be planned away altogether, or be a copy. */
    record Reshapes(Value in, Value out) implements Effect {
        @Override
        public List<Alias> views() {
            return List.of(new Alias(out, new View.Same(in)));
        }
    }

    /** Computes nothing: the same numbers with the axes in another order, for those who read strides; or a copy. */
    record Permutes(Value in, Value out, List<Integer> order) implements Effect {
        /** Copies the list. */
        public Permutes {
            order = List.copyOf(order);
        }

        @Override
        public List<Alias> views() {
            return List.of(new Alias(out, new View.Permuted(in, order)));
        }
    }

    /**
     * Computes nothing: parts of a value along an axis. Each may be planned away, or be a copy.
     *
     * @param axis counted with the batch; of axis 1, the channels, every operation can read a part in the whole
     */
    record Slices(Value in, int axis, List<Part> parts) implements Effect {
        /** Copies the list. */
        public Slices {
            parts = List.copyOf(parts);
        }

        /** One part. */
        public Slices(Value in, int axis, int from, Value out) {
            this(in, axis, List.of(new Part(out, from)));
        }

        @Override
        public List<Alias> views() {
            return parts.stream()
                    .map(part -> new Alias(part.value(), new View.Part(in, axis, part.from())))
                    .toList();
        }

        /** The places of the axis from one on, as many as the value has. */
        public record Part(Value value, int from) {}
    }

    /**
     * Computes nothing: parts side by side along an axis. Each part may be computed where it belongs, or be copied
     * there.
     *
     * @param axis counted with the batch; along axis 1, the channels, every operation can write a part into the whole
     */
    record Gathers(List<Value> parts, int axis, Value out) implements Effect {
        /** Copies the list. */
        public Gathers {
            parts = List.copyOf(parts);
        }

        @Override
        public List<Alias> views() {
            List<Alias> views = new ArrayList<>();
            int from = 0;
            for (Value part : parts) {
                views.add(new Alias(part, new View.Part(out, axis, from)));
                from += part.shape().axis(axis);
            }
            return views;
        }
    }
}
