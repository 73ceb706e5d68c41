package org.espalier.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.espalier.runtime.Network;
import org.espalier.runtime.NetworkExchange;
import org.espalier.runtime.NetworkExchange.Standing;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.runtime.train.Trainer.Accumulation;
import org.jspecify.annotations.Nullable;

/**
 * Computes a partition's part of a step. It is a function of what it is given alone, so a task that is run again, here
 * or on another machine, gives the same bits.
 *
 * @param rows of each partition, which this step learns from
 * @param examples of all partitions
 * @param flushes whether everything is sent
 */
record StepTask<N extends Network>(
        String owner,
        SparkModel<N> model,
        Broadcast<Standing> standing,
        Rows rows,
        int examples,
        Plan plan,
        boolean flushes)
        implements Serializable {

    /** The examples of a step: rows of each partition. */
    static final class Rows implements Serializable {
        private static final long serialVersionUID = 1;

        private final int[][] rows;

        Rows(int[]... rows) {
            this.rows = rows;
        }

        int[] of(int partition) {
            return rows[partition];
        }
    }

    /**
     * Options of all steps.
     *
     * @param microBatch examples that a copy looks at together, at most
     */
    record Plan(int localSteps, int microBatch, Accumulation losses, Compression compression) implements Serializable {}

    /**
     * Computes.
     *
     * @param rest what the partition did not send before; null if nothing
     */
    Outcome of(Shard shard, @Nullable Packed rest) {
        int[] mine = rows.of(shard.partition());
        if (mine.length == 0 && rest == null) {
            return Outcome.nothing(shard.partition());
        }
        NetworkCopies.Copy<N> copy = NetworkCopies.take(owner, model);
        try {
            Standing from = standing.value();
            copy.exchange.begin(from, from.seedOf(shard.partition()));
            return plan.localSteps() == 1 ? gradient(copy, shard, mine, from, rest) : change(copy, shard, mine, from);
        } catch (NonFiniteException | IllegalArgumentException refused) {
            return new Outcome(shard.partition(), null, null, List.of(), rest, Outcome.Refusal.of(refused));
        } finally {
            NetworkCopies.giveBack(owner, copy);
        }
    }

    private Outcome gradient(
            NetworkCopies.Copy<N> copy, Shard shard, int[] mine, Standing from, @Nullable Packed rest) {
        NetworkExchange exchange = copy.exchange;
        float[] numbers = new float[exchange.length()];
        StepReport report = null;
        for (int start = 0; start < mine.length; start += plan.microBatch()) {
            int end = Math.min(mine.length, start + plan.microBatch());
            backward(copy.network, shard, mine, start, end);
            double share = plan.losses() == Accumulation.MEAN ? (end - start) / (double) examples : 1;
            report = sum(report, exchange.addGradient(numbers, share));
        }
        exchange.addStatistics(numbers, from, mine.length / (double) examples);
        if (!plan.compression().keepsRest()) {
            return new Outcome(shard.partition(), Packed.whole(numbers), report, List.of(), null, null);
        }
        float[] waited = rest == null ? new float[0] : rest.unpack();
        for (int i = 0; i < waited.length; i++) {
            numbers[i] += waited[i];
        }
        int parameters = exchange.parametersLength();
        if (flushes) {
            return new Outcome(shard.partition(), Packed.whole(numbers), report, List.of(), null, null);
        }
        Packed largest = plan.compression().packLargest(numbers, parameters);
        Packed kept = Packed.whole(numbers, 0, parameters);
        return new Outcome(shard.partition(), largest, report, List.of(), kept, null);
    }

    private Outcome change(NetworkCopies.Copy<N> copy, Shard shard, int[] mine, Standing from) {
        StepReport report = null;
        for (int step = 0; step < plan.localSteps(); step++) {
            int start = (int) ((long) mine.length * step / plan.localSteps());
            int end = (int) ((long) mine.length * (step + 1) / plan.localSteps());
            backward(copy.network, shard, mine, start, end);
            report = sum(report, NetworkExchange.times(copy.network.update(), (end - start) / (double) examples));
        }
        float[] numbers = new float[copy.exchange.changeLength()];
        List<Long> steps = copy.exchange.addChange(numbers, from, mine.length / (double) examples);
        return new Outcome(shard.partition(), Packed.whole(numbers), report, steps, null, null);
    }

    private void backward(N network, Shard shard, int[] mine, int start, int end) {
        Batch batch = shard.batch(mine, start, end);
        try {
            model.forward(network, batch);
            model.loss(network, batch);
            model.backward(network);
        } finally {
            Shard.close(batch);
        }
    }

    private static StepReport sum(@Nullable StepReport some, StepReport more) {
        return some == null ? more : NetworkExchange.sum(List.of(some, more));
    }
}
