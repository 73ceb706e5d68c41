package org.espalier.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.espalier.runtime.data.Batch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import scala.Tuple2;

/**
 * Examples on a cluster, dealt out to partitions in turn: example i lies in partition i mod the number of partitions.
 * So all have as many, and as many of each class, also if the source is sorted.
 *
 * <p>They stay in the executors' memory, or on their disks, in arrays of numbers. What an executor had that is lost is
 * read again from the source, which therefore has to give the same examples in the same order each time: files do, and
 * so does whatever is sorted by a key.
 *
 * <p>Results depend on the number of partitions, not on that of executors: one for each core that will ever take part.
 */
public final class SparkDataset implements AutoCloseable {
    private final JavaRDD<Shard> shards;
    private final int[] sizes;
    private final ExampleFields fields;

    private SparkDataset(JavaRDD<Shard> shards, int[] sizes, ExampleFields fields) {
        this.shards = shards;
        this.sizes = sizes;
        this.fields = fields;
    }

    /**
     * Of examples that the program made, from binary files for instance:
     *
     * <pre>
     *   SparkDataset.of(context.binaryFiles(folder).sortByKey().map(file -&gt; decode(file._2())), fields, 8)
     * </pre>
     *
     * @param fields what an example consists of
     * @param partitions how many parts work on a step at the same time
     * @throws IllegalArgumentException if there are fewer examples than partitions
     */
    public static SparkDataset of(JavaRDD<Example> examples, ExampleFields fields, int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be at least 1, but are " + partitions);
        }
        JavaPairRDD<Integer, Tuple2<Long, Example>> dealt = examples.zipWithIndex()
                .mapToPair(pair -> new Tuple2<>((int) (pair._2() % partitions), new Tuple2<>(pair._2(), pair._1())));
        JavaRDD<Shard> shards = dealt.partitionBy(new HashPartitioner(partitions))
                .mapPartitionsWithIndex((partition, there) -> shard(partition, there, fields), true)
                .persist(StorageLevel.MEMORY_AND_DISK())
                .setName("examples");
        int[] sizes = shards.map(Shard::size).collect().stream()
                .mapToInt(Integer::intValue)
                .toArray();
        int size = Arrays.stream(sizes).sum();
        if (size < partitions) {
            shards.unpersist(false);
            throw new IllegalArgumentException("expected an example for each of " + partitions + " partitions, found "
                    + size + " examples in all; use fewer partitions");
        }
        return new SparkDataset(shards, sizes, fields);
    }

    /** Puts examples in their order: those that come over the network arrive in any. */
    private static Iterator<Shard> shard(
            int partition, Iterator<Tuple2<Integer, Tuple2<Long, Example>>> there, ExampleFields fields) {
        List<Tuple2<Long, Example>> examples = new ArrayList<>();
        there.forEachRemaining(pair -> examples.add(pair._2()));
        examples.sort(Comparator.comparing(Tuple2::_1));
        return List.of(new Shard(
                        partition, fields, examples.stream().map(Tuple2::_2).toList()))
                .iterator();
    }

    /**
     * Of the rows of a data frame, from Parquet or CSV for instance.
     *
     * @param fields each with its columns, see {@link Field#from}
     * @param partitions how many parts work on a step at the same time
     * @throws IllegalArgumentException if a column is missing, or there are fewer rows than partitions
     */
    public static SparkDataset of(Dataset<Row> rows, ExampleFields fields, int partitions) {
        RowReader reader = new RowReader(fields, rows.schema());
        return of(rows.javaRDD().map(reader::example), fields, partitions);
    }

    /**
     * Of examples that the driver has, of which all travel to the executors: for small data.
     *
     * @param examples inputs and targets that are floats, or whole numbers
     * @param partitions how many parts work on a step at the same time
     * @throws IllegalArgumentException if there are fewer examples than partitions
     */
    public static SparkDataset of(
            JavaSparkContext context, org.espalier.runtime.data.Dataset examples, int partitions) {
        Batch one = examples.empty(1);
        ExampleFields fields = new ExampleFields(
                one.inputs().stream().map(SparkDataset::field).toList(),
                one.targets().stream().map(SparkDataset::field).toList());
        List<Example> made = IntStream.range(0, examples.size())
                .mapToObj(i -> {
                    examples.read(i, one, 0);
                    return Example.of(
                            one.inputs().stream().map(SparkDataset::numbers).toList(),
                            one.targets().stream().map(SparkDataset::numbers).toList());
                })
                .toList();
        return of(context.parallelize(made, partitions), fields, partitions);
    }

    private static Field field(INDArray array) {
        long[] shape = Arrays.copyOfRange(array.shape(), 1, array.rank());
        return array.dataType().isFPType() ? Field.floats(shape) : Field.ints(shape);
    }

    private static Object numbers(INDArray one) {
        INDArray flat = one.reshape(one.length());
        return one.dataType().isFPType()
                ? flat.castTo(DataType.FLOAT).toFloatVector()
                : flat.castTo(DataType.INT32).toIntVector();
    }

    /** Number of examples. */
    public int size() {
        return Arrays.stream(sizes).sum();
    }

    /** Number of partitions. */
    public int partitions() {
        return sizes.length;
    }

    /** The inputs and targets of an example. */
    public ExampleFields fields() {
        return fields;
    }

    /**
     * Cuts the examples into batches. An epoch has as many as it takes for none to be larger than {@code batchSize},
     * and all are of one size, but for one example of each partition; each has its share of every partition.
     *
     * @param batchSize examples of a batch, in all partitions together, at most
     * @throws IllegalArgumentException if it is below the number of partitions
     */
    public SparkBatches batches(int batchSize) {
        return new SparkBatches(this, batchSize);
    }

    /** Lets executors forget the examples. */
    @Override
    public void close() {
        shards.unpersist(false);
    }

    JavaRDD<Shard> shards() {
        return shards;
    }

    int[] sizes() {
        return sizes;
    }

    /** The context that all this runs in. */
    JavaSparkContext context() {
        return JavaSparkContext.fromSparkContext(shards.context());
    }

    @Override
    public String toString() {
        return size() + " examples in " + partitions() + " partitions, "
                + Stream.concat(fields.inputs().stream(), fields.targets().stream())
                        .map(field -> field.type() + "" + field.shape())
                        .toList();
    }
}
