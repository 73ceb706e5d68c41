package org.espalier.generator.ir.op;

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
    record Computes() implements Effect {}

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
    }

    /** Computes nothing: the same numbers under another shape. May be planned away altogether, or be a copy. */
    record Reshapes(Value in, Value out) implements Effect {}

    /** Computes nothing: some channels of a value. Each part may be planned away, or be a copy. */
    record Slices(Value in, List<Part> parts) implements Effect {
        /** Copies the list. */
        public Slices {
            parts = List.copyOf(parts);
        }

        /** One part. */
        public Slices(Value in, int from, Value out) {
            this(in, List.of(new Part(out, from)));
        }

        /** The channels from one on, as many as the value has. */
        public record Part(Value value, int from) {}
    }

    /** Computes nothing: parts side by side. Each part may be computed where it belongs, or be copied there. */
    record Gathers(List<Value> parts, Value out) implements Effect {
        /** Copies the list. */
        public Gathers {
            parts = List.copyOf(parts);
        }
    }
}
