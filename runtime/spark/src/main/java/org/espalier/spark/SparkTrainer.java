package org.espalier.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.espalier.runtime.Network;
import org.espalier.runtime.NetworkExchange;
import org.espalier.runtime.NetworkExchange.Standing;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.Trainer.Accumulation;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Trains a network on the executors of a Spark cluster, synchronously: a step of the batch of all of them.
 *
 * <pre>
 *   SparkModel&lt;Digits&gt; model = SparkModel.of(() -&gt; Digits.create(Init.seed(0)));
 *   try (SparkDataset examples = SparkDataset.of(frame, fields, 16);
 *           Digits net = Digits.create(Init.seed(42));
 *           SparkTrainer&lt;Digits&gt; spark = SparkTrainer.of(net, model, examples.batches(1024).shuffled(7))) {
 *       spark.trainer()
 *               .epochs(12)
 *               .validation(validation, new Accuracy())
 *               .checkpoint(Path.of("digits.checkpoint"))
 *               .run();
 *   }
 * </pre>
 *
 * <p>A step sends the weights to the executors, each of which computes the gradient of its partitions' examples on a
 * copy of the network; gradients are added up in an order that depends on nothing but the partitions' numbers; and the
 * driver's network, which has the only optimizer, makes the update. So it is the step of a single machine on the whole
 * batch but for rounding, it is the same to the bit however many executors there are and whichever is fastest, and a
 * part of it that is lost with an executor is computed again, to the same bits. What {@link Trainer} can do it does
 * here: {@link #trainer} is one.
 *
 * <p>Layers that normalize over the batch normalize over a partition's part of it, as in PyTorch's
 * {@code DistributedDataParallel}. Running statistics become the mean of the copies', each weighted by its examples;
 * PyTorch's become those of the first. Dropout draws from a seed of its own for each step and partition.
 *
 * <p>One thread at a time uses it, and the network belongs to it while it trains.
 *
 * @param <N> the generated class
 */
public final class SparkTrainer<N extends Network> implements AutoCloseable {
    /** Bytes that partitions send together from which on executors add them up. */
    private static final long MUCH = 64L << 20;

    private final String name = UUID.randomUUID().toString();
    private final N network;
    private final SparkModel<N> model;
    private final SparkBatches batches;
    private final NetworkExchange exchange;
    private int localSteps = 1;
    private int microBatch = Integer.MAX_VALUE;
    private Accumulation losses = Accumulation.MEAN;
    private Compression compression = Compression.none();
    private Reduction reduction = Reduction.AUTOMATIC;

    /** Rests that partitions kept in the last step, if any. */
    private @Nullable JavaRDD<Outcome> kept;

    /** Weights since the last step that kept nothing, from which those can be computed again. */
    private final List<Broadcast<Standing>> since = new ArrayList<>();

    /** Place where gradients are added up. The sums are the same to the bit. */
    public enum Reduction {
        /** On the driver, if it receives no more than 64 MiB; else on executors. */
        AUTOMATIC,
        /**
         * On the driver, which receives the gradients of all partitions: one stage, the quickest for small networks.
         */
        DRIVER,
        /**
         * On executors, each of which adds up a slice of every gradient, so that the driver receives one gradient
         * however many partitions there are: two stages with a shuffle between them (Dai et al., arXiv:1804.05839).
         */
        EXECUTORS
    }

    private SparkTrainer(N network, SparkModel<N> model, SparkBatches batches) {
        this.network = network;
        this.model = model;
        this.batches = batches;
        this.exchange = new NetworkExchange(network);
    }

    /**
     * Of a network and what it learns from.
     *
     * @param network the one that learns
     * @param model makes copies of it on executors
     * @param batches what it learns from, see {@link SparkDataset#batches}
     * @throws IllegalArgumentException if the network computes in double precision
     */
    public static <N extends Network> SparkTrainer<N> of(N network, SparkModel<N> model, SparkBatches batches) {
        return new SparkTrainer<>(network, model, batches);
    }

    /**
     * Lets each partition cut its part of a batch into so many and make a step of each by itself, after which weights,
     * running statistics and the optimizer's numbers become the means of the partitions' (local SGD; Stich,
     * arXiv:1805.09767). There is one exchange for all of these steps, and it is larger by the optimizer's numbers: two
     * for each weight with Adam.
     *
     * <p>The effect is that of smaller batches which do not know of each other for a while: the weights are not those
     * of one machine, and with many local steps, or partitions whose examples differ, a given loss takes more epochs.
     * They are the same each time it is run. The trainer counts an exchange as a step.
     *
     * @throws IllegalArgumentException if it is below 1, or a batch has fewer examples in a partition
     */
    public SparkTrainer<N> localSteps(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("local steps must be at least 1, but are " + steps);
        }
        if (steps > 1 && batches.fewest() < steps) {
            throw new IllegalArgumentException(
                    steps + " local steps need as many examples of each partition in a batch, but there are "
                            + batches.fewest() + "; make batches larger");
        }
        this.localSteps = steps;
        requireTogether();
        return this;
    }

    /**
     * Has partitions send what they computed in another form than {@link Compression#none}, whose effect it says.
     *
     * @throws IllegalArgumentException for {@link Compression#topK} with several local steps: what these exchange are
     *     weights, of which none can wait
     */
    public SparkTrainer<N> compression(Compression form) {
        this.compression = form;
        requireTogether();
        return this;
    }

    private void requireTogether() {
        if (localSteps > 1 && compression.keepsRest()) {
            throw new IllegalArgumentException(
                    compression + " needs an exchange after every step, found " + localSteps + " local steps");
        }
        if (localSteps > 1 && (microBatch < Integer.MAX_VALUE || losses == Accumulation.SUM)) {
            throw new IllegalArgumentException("microBatch and losses are for an exchange after every step, found "
                    + localSteps + " local steps, each of its own part of the batch");
        }
    }

    /**
     * Lets a copy look at so many examples at once, at most, and accumulate their gradients: memory for activities is
     * that of so many, however large batches are. Layers that normalize over the batch normalize over these.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public SparkTrainer<N> microBatch(int examples) {
        if (examples < 1) {
            throw new IllegalArgumentException("examples must be at least 1, but are " + examples);
        }
        this.microBatch = examples;
        requireTogether();
        return this;
    }

    /**
     * Says how the network's losses count examples: {@link Accumulation#MEAN} unless this says otherwise, which is
     * right for losses that are means over the batch, each partition's counting by its examples;
     * {@link Accumulation#SUM} for those with {@code reduction="sum"}. A mean over other things than examples, with
     * weights of classes or an {@code ignore_index}, is the mean of the partitions' means, as in
     * {@code DistributedDataParallel}.
     */
    public SparkTrainer<N> losses(Accumulation accumulation) {
        this.losses = accumulation;
        requireTogether();
        return this;
    }

    /** Says where gradients are added up. */
    public SparkTrainer<N> reduction(Reduction place) {
        this.reduction = place;
        return this;
    }

    /**
     * A trainer whose steps these are, to be told of epochs, validation, schedules, files and all else, and to be run.
     * It validates on the driver. Its files are the driver's: a driver that is started on another machine needs the
     * checkpoint on a file system that both have.
     */
    public Trainer trainer() {
        return Trainer.ofSteps(
                network,
                this::step,
                batch -> model.forward(network, batch),
                batch -> model.loss(network, batch),
                batches);
    }

    private StepReport step(Batch batch) {
        StepTask.Rows rows = batches.rows(batch);
        Standing standing = exchange.standing(localSteps > 1);
        Broadcast<Standing> sent = batches.dataset().context().broadcast(standing);
        StepTask.Plan plan = new StepTask.Plan(localSteps, microBatch, losses, compression);
        if (compression.keepsRest()) {
            return stepWithRest(batch, sent, rows, plan);
        }
        try {
            StepTask<N> task = new StepTask<>(name, model, sent, rows, batch.size(), plan, true);
            JavaRDD<Outcome> outcomes = batches.dataset()
                    .shards()
                    .mapPartitions(shards -> StepTasks.each(shards, shard -> task.of(shard, null)), true);
            return update(addsUpOnExecutors() ? sumOnExecutors(outcomes) : sumHere(outcomes));
        } finally {
            sent.destroy();
        }
    }

    private StepReport stepWithRest(Batch batch, Broadcast<Standing> sent, StepTask.Rows rows, StepTask.Plan plan) {
        boolean flushes = batches.isLast(batch) || since.size() + 1 >= compression.flushEvery();
        StepTask<N> task = new StepTask<>(name, model, sent, rows, batch.size(), plan, flushes);
        JavaRDD<Shard> shards = batches.dataset().shards();
        JavaRDD<Outcome> before = kept;
        JavaRDD<Outcome> outcomes = before == null
                ? shards.mapPartitions(all -> StepTasks.each(all, shard -> task.of(shard, null)), true)
                : shards.zipPartitions(before, (all, rests) -> StepTasks.each(all, rests, task));
        outcomes.persist(StorageLevel.MEMORY_AND_DISK());
        boolean taken = false;
        try {
            StepReport report = update(sumHere(outcomes));
            taken = true;
            return report;
        } finally {
            if (taken) {
                since.add(sent);
                if (before != null) {
                    before.unpersist(false);
                }
                kept = outcomes;
                if (flushes) {
                    forgetRest();
                }
            } else {
                // As if the step had not been: what was kept before is kept still.
                outcomes.unpersist(false);
                sent.destroy();
            }
        }
    }

    private void forgetRest() {
        if (kept != null) {
            kept.unpersist(false);
            kept = null;
        }
        since.forEach(Broadcast::destroy);
        since.clear();
    }

    private boolean addsUpOnExecutors() {
        long bytes = (long) batches.dataset().partitions() * exchange.length() * Float.BYTES;
        return reduction == Reduction.EXECUTORS || (reduction == Reduction.AUTOMATIC && bytes > MUCH);
    }

    /** Result of a step. */
    private record Sum(@Nullable Packed numbers, List<Outcome> outcomes) {}

    private Sum sumHere(JavaRDD<Outcome> outcomes) {
        Compression form = compression;
        int exact = exchange.parametersLength();
        List<Outcome> all = outcomes.map(outcome -> outcome.packed(form, exact)).collect();
        return new Sum(PartitionSums.of(all), all);
    }

    private Sum sumOnExecutors(JavaRDD<Outcome> outcomes) {
        Compression form = compression;
        int exact = exchange.parametersLength();
        int slices = batches.dataset().partitions();
        JavaPairRDD<Integer, Outcome> parts = outcomes.flatMapToPair(outcome -> {
            List<Outcome> cut = outcome.slices(slices, form, exact);
            List<Tuple2<Integer, Outcome>> pairs = new ArrayList<>();
            for (int slice = 0; slice < cut.size(); slice++) {
                pairs.add(new Tuple2<>(slice, cut.get(slice)));
            }
            return pairs.iterator();
        });
        JavaPairRDD<Integer, Outcome> dealt = parts.partitionBy(new HashPartitioner(slices));
        try {
            List<SliceSum> sums =
                    new ArrayList<>(dealt.mapPartitionsWithIndex((slice, there) -> SliceSum.of(slice, there), true)
                            .collect());
            sums.sort(Comparator.comparingInt(SliceSum::slice));
            return new Sum(SliceSum.join(sums), sums.get(0).outcomes());
        } finally {
            dealt.rdd().cleanShuffleDependencies(false);
        }
    }

    private StepReport update(Sum sum) {
        List<Outcome> outcomes = sum.outcomes().stream()
                .sorted(Comparator.comparingInt(Outcome::partition))
                .toList();
        for (Outcome outcome : outcomes) {
            if (outcome.refusal() != null) {
                throw outcome.refusal().exception(network.getClass().getSimpleName(), outcome.partition());
            }
        }
        List<StepReport> reports =
                outcomes.stream().map(Outcome::report).filter(Objects::nonNull).toList();
        float[] numbers =
                Objects.requireNonNull(sum.numbers(), "a batch has examples").unpack();
        StepReport report = NetworkExchange.sum(reports);
        if (localSteps == 1) {
            return exchange.update(numbers, report);
        }
        List<Long> steps = outcomes.stream()
                .filter(outcome -> outcome.report() != null)
                .findFirst()
                .orElseThrow()
                .steps();
        exchange.move(numbers, steps, localSteps);
        return report;
    }

    /**
     * Frees what executors keep between steps, and the copies of this JVM. Copies of other JVMs are closed when no step
     * has asked for them for ten minutes and another task runs there, or with the executor.
     */
    @Override
    public void close() {
        forgetRest();
        NetworkCopies.close(name);
    }

    @Override
    public String toString() {
        return "SparkTrainer of " + network + " on " + batches;
    }
}
