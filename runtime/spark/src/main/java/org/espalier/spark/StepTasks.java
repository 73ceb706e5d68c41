package org.espalier.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.espalier.runtime.Network;

/** Runs the tasks of a step over the shards of a partition, of which there is one. */
final class StepTasks {
    private StepTasks() {}

    static Iterator<Outcome> each(Iterator<Shard> shards, Function<Shard, Outcome> task) {
        List<Outcome> outcomes = new ArrayList<>();
        shards.forEachRemaining(shard -> outcomes.add(task.apply(shard)));
        return outcomes.iterator();
    }

    /** The same with what each kept in the step before. */
    static <N extends Network> Iterator<Outcome> each(
            Iterator<Shard> shards, Iterator<Outcome> before, StepTask<N> task) {
        return each(shards, shard -> task.of(shard, before.next().rest()));
    }
}
