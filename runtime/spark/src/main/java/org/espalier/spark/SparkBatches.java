package org.espalier.spark;

import java.util.Arrays;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches of examples on a cluster, as the driver knows them: which examples a batch has, by their numbers. The numbers
 * are the batch's input, and the batch's own number, counted from 0, is the target of each.
 */
public final class SparkBatches implements Batches {
    private final SparkDataset dataset;
    private final int perEpoch;
    private final OptionalLong seed;

    SparkBatches(SparkDataset dataset, int batchSize) {
        this(dataset, perEpoch(dataset, batchSize), OptionalLong.empty());
    }

    private SparkBatches(SparkDataset dataset, int perEpoch, OptionalLong seed) {
        this.dataset = dataset;
        this.perEpoch = perEpoch;
        this.seed = seed;
    }

    private static int perEpoch(SparkDataset dataset, int batchSize) {
        if (batchSize < dataset.partitions()) {
            throw new IllegalArgumentException("batch size must be at least the number of partitions, "
                    + dataset.partitions() + ", but is " + batchSize);
        }
        int largest = Arrays.stream(dataset.sizes()).max().orElseThrow();
        int mine = batchSize / dataset.partitions();
        return Math.max(1, (largest + mine - 1) / mine);
    }

    /** The same examples in an order that is new in every epoch, a function of the seed and the epoch alone. */
    public SparkBatches shuffled(long seed) {
        return new SparkBatches(dataset, perEpoch, OptionalLong.of(seed));
    }

    @Override
    public int perEpoch() {
        return perEpoch;
    }

    @Override
    public Iterable<Batch> epoch(int epoch) {
        if (epoch < 1) {
            throw new IllegalArgumentException("expected an epoch counted from 1, found " + epoch);
        }
        return () -> batches(epoch);
    }

    private Iterator<Batch> batches(int epoch) {
        int[][] orders = IntStream.range(0, dataset.partitions())
                .mapToObj(partition -> order(epoch, partition))
                .toArray(int[][]::new);
        return IntStream.range(0, perEpoch)
                .mapToObj(number -> batch(orders, number))
                .iterator();
    }

    private Batch batch(int[][] orders, int number) {
        int[] numbers = IntStream.range(0, orders.length)
                .flatMap(partition -> Arrays.stream(
                                orders[partition], start(partition, number), start(partition, number + 1))
                        .map(row -> row * orders.length + partition))
                .toArray();
        int[] numberOfBatch = new int[numbers.length];
        Arrays.fill(numberOfBatch, number);
        return new Batch(Nd4j.createFromArray(numbers), Nd4j.createFromArray(numberOfBatch));
    }

    private int start(int partition, int batch) {
        return (int) ((long) dataset.sizes()[partition] * batch / perEpoch);
    }

    /** The rows of a partition in the order of an epoch (Fisher and Yates). */
    private int[] order(int epoch, int partition) {
        int[] order = IntStream.range(0, dataset.sizes()[partition]).toArray();
        if (seed.isPresent()) {
            SplittableRandom random = new SplittableRandom(seed.getAsLong());
            for (int i = 0; i < epoch; i++) {
                random = random.split();
            }
            SplittableRandom own = new SplittableRandom(random.nextLong() + 0x9E3779B97F4A7C15L * (partition + 1));
            for (int i = order.length - 1; i > 0; i--) {
                int j = own.nextInt(i + 1);
                int row = order[i];
                order[i] = order[j];
                order[j] = row;
            }
        }
        return order;
    }

    /** The rows of each partition that a batch has. */
    StepTask.Rows rows(Batch batch) {
        int partitions = dataset.partitions();
        int[] numbers = batch.input().toIntVector();
        return new StepTask.Rows(IntStream.range(0, partitions)
                .mapToObj(partition -> Arrays.stream(numbers)
                        .filter(number -> number % partitions == partition)
                        .map(number -> number / partitions)
                        .toArray())
                .toArray(int[][]::new));
    }

    /** Tells whether a batch is the last of its epoch. */
    boolean isLast(Batch batch) {
        return batch.target().getInt(0) == perEpoch - 1;
    }

    /** Examples that a partition has in a batch, at least. */
    int fewest() {
        return Arrays.stream(dataset.sizes()).min().orElseThrow() / perEpoch;
    }

    SparkDataset dataset() {
        return dataset;
    }

    /** {@code 8 batches an epoch of 60 examples in 4 partitions}. */
    @Override
    public String toString() {
        return perEpoch + " batches an epoch of " + dataset;
    }
}
