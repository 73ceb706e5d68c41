package org.espalier.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Sum of a slice over all partitions.
 *
 * @param numbers null if no partition has anything
 * @param outcomes what else partitions have to say, in the first slice
 */
record SliceSum(int slice, @Nullable Packed numbers, List<Outcome> outcomes) implements Serializable {
    static Iterator<SliceSum> of(int slice, Iterator<Tuple2<Integer, Outcome>> parts) {
        List<Outcome> outcomes = new ArrayList<>();
        parts.forEachRemaining(part -> outcomes.add(part._2()));
        List<Outcome> rest =
                slice == 0 ? outcomes.stream().map(Outcome::withoutNumbers).toList() : List.of();
        return List.of(new SliceSum(slice, PartitionSums.of(outcomes), rest)).iterator();
    }

    /** The slices one behind the other. */
    static @Nullable Packed join(List<SliceSum> sums) {
        int length = 0;
        for (SliceSum sum : sums) {
            if (sum.numbers() == null) {
                return null;
            }
            length += sum.numbers().length();
        }
        float[] all = new float[length];
        int place = 0;
        for (SliceSum sum : sums) {
            float[] part = Objects.requireNonNull(sum.numbers()).unpack();
            System.arraycopy(part, 0, all, place, part.length);
            place += part.length;
        }
        return Packed.whole(all);
    }
}
