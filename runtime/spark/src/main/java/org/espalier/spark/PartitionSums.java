package org.espalier.spark;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Adds up what partitions computed, in pairs of neighbours, in pairs of those, and so on: whoever was fast. */
final class PartitionSums {
    private PartitionSums() {}

    /**
     * The sum over partitions.
     *
     * @return null if none has anything
     */
    static @Nullable Packed of(List<Outcome> outcomes) {
        float[][] parts = outcomes.stream()
                .sorted(Comparator.comparingInt(Outcome::partition))
                .map(Outcome::packed)
                .filter(Objects::nonNull)
                .map(Packed::unpack)
                .toArray(float[][]::new);
        for (int distance = 1; distance < parts.length; distance *= 2) {
            for (int i = 0; i + distance < parts.length; i += 2 * distance) {
                add(parts[i + distance], parts[i]);
            }
        }
        return parts.length == 0 ? null : Packed.whole(parts[0]);
    }

    private static void add(float[] from, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }
}
