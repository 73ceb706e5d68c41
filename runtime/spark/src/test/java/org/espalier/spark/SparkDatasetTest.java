package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Batch;
import org.espalier.spark.nets.Plain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples that come from files. */
class SparkDatasetTest {
    private static final int COUNT = 50;
    private static final SparkModel<Plain> MODEL = SparkModel.of(() -> Plain.create(Init.seed(0)));

    /** The weights after two epochs. */
    private static float[] trained(SparkDataset there) {
        try (there;
                Plain network = Plain.create(Init.seed(42));
                SparkTrainer<Plain> spark =
                        SparkTrainer.of(network, MODEL, there.batches(25).shuffled(7))) {
            spark.trainer().epochs(2).run();
            return network.parameters().values().toFloatVector();
        }
    }

    private static float[] expected() {
        return trained(SparkDataset.of(LocalSpark.CONTEXT, Flowers.of(COUNT), 2));
    }

    private static Dataset<Row> rows() {
        StructType schema = new StructType()
                .add("id", DataTypes.IntegerType)
                .add("measurements", DataTypes.createArrayType(DataTypes.FloatType))
                .add("kind", DataTypes.IntegerType);
        List<Row> rows = IntStream.range(0, COUNT)
                .mapToObj(i -> RowFactory.create(i, Flowers.measurements(i), Flowers.kind(i)))
                .toList();
        return LocalSpark.SESSION.createDataFrame(rows, schema);
    }

    @Test
    void parquetCsvAndBinaryFilesGiveTheSameWeights(@TempDir Path folder) throws IOException {
        float[] expected = expected();

        String parquet = folder.resolve("parquet").toString();
        rows().repartition(3).write().parquet(parquet);
        ExampleFields arrays = ExampleFields.of(
                Field.floats(6).from("measurements"), Field.ints().from("kind"));
        assertThat(trained(SparkDataset.of(
                        LocalSpark.SESSION.read().parquet(parquet).orderBy("id"), arrays, 2)))
                .isEqualTo(expected);

        Path csv = folder.resolve("flowers.csv");
        StringBuilder lines = new StringBuilder("id,a,b,c,d,e,f,kind\n");
        for (int i = 0; i < COUNT; i++) {
            lines.append(i);
            for (float number : Flowers.measurements(i)) {
                lines.append(',').append(number);
            }
            lines.append(',').append(Flowers.kind(i)).append('\n');
        }
        Files.writeString(csv, lines);
        ExampleFields columns = ExampleFields.of(
                Field.floats(6).from("a", "b", "c", "d", "e", "f"), Field.ints().from("kind"));
        Dataset<Row> table = LocalSpark.SESSION
                .read()
                .option("header", true)
                .option("inferSchema", true)
                .csv(csv.toString());
        assertThat(trained(SparkDataset.of(table, columns, 2))).isEqualTo(expected);

        Path binary = Files.createDirectory(folder.resolve("binary"));
        for (int i = 0; i < COUNT; i++) {
            ByteBuffer bytes = ByteBuffer.allocate(25).put((byte) Flowers.kind(i));
            for (float number : Flowers.measurements(i)) {
                bytes.putFloat(number);
            }
            Files.write(binary.resolve(String.format("%03d.flower", i)), bytes.array());
        }
        SparkDataset files = SparkDataset.of(
                LocalSpark.CONTEXT
                        .binaryFiles(binary.toString())
                        .sortByKey()
                        .map(file -> decode(file._2().toArray())),
                ExampleFields.of(Field.floats(6), Field.ints()),
                2);
        assertThat(trained(files)).isEqualTo(expected);
    }

    private static Example decode(byte... file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int kind = bytes.get();
        float[] numbers = new float[6];
        bytes.asFloatBuffer().get(numbers);
        return Example.of(numbers, kind);
    }

    @Test
    void vectorsOfSparkMlAreRead() {
        StructType schema =
                new StructType().add("vector", SQLDataTypes.VectorType()).add("kind", DataTypes.DoubleType);
        List<Row> rows = IntStream.range(0, COUNT)
                .mapToObj(i -> {
                    float[] numbers = Flowers.measurements(i);
                    double[] doubles =
                            IntStream.range(0, 6).mapToDouble(j -> numbers[j]).toArray();
                    return RowFactory.create(Vectors.dense(doubles), (double) Flowers.kind(i));
                })
                .toList();
        ExampleFields fields =
                ExampleFields.of(Field.floats(6).from("vector"), Field.ints().from("kind"));
        assertThat(trained(SparkDataset.of(LocalSpark.SESSION.createDataFrame(rows, schema), fields, 2)))
                .isEqualTo(expected());
    }

    @Test
    void everyExampleIsInOneBatchOfAnEpochAndBatchesAreEven() {
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, Flowers.of(101), 4)) {
            SparkBatches batches = there.batches(16).shuffled(3);
            assertThat(there.size()).isEqualTo(101);
            assertThat(batches.perEpoch()).isEqualTo(7);
            int[] seen = new int[101];
            int[] first = {};
            for (Batch batch : batches.epoch(1)) {
                assertThat(batch.size()).isBetween(12, 16);
                first = first.length == 0 ? batch.input().toIntVector() : first;
                for (int number : batch.input().toIntVector()) {
                    seen[number]++;
                }
            }
            assertThat(Arrays.stream(seen).allMatch(times -> times == 1)).isTrue();
            assertThat(batches.epoch(1).iterator().next().input().toIntVector()).isEqualTo(first);
            assertThat(batches.epoch(2).iterator().next().input().toIntVector()).isNotEqualTo(first);
        }
    }

    @Test
    void whatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> SparkDataset.of(
                        rows(),
                        ExampleFields.of(
                                Field.floats(6).from("petals"), Field.ints().from("kind")),
                        2))
                .hasMessage("expected a column 'petals', found [id, measurements, kind]");
        assertThatThrownBy(() -> SparkDataset.of(
                        rows(), ExampleFields.of(Field.floats(6), Field.ints().from("kind")), 2))
                .hasMessageContaining("name them with from(…)");
        assertThatThrownBy(() -> SparkDataset.of(
                        rows(),
                        ExampleFields.of(
                                Field.floats(5).from("measurements"),
                                Field.ints().from("kind")),
                        2))
                .hasMessageContaining("5 floats")
                .hasMessageContaining("found 6 floats");
        assertThatThrownBy(() -> SparkDataset.of(LocalSpark.CONTEXT, Flowers.of(3), 4))
                .hasMessageContaining("found 3 examples in all; use fewer partitions");
    }
}
