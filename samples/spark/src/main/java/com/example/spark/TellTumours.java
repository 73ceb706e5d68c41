package com.example.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.espalier.runtime.Init;
import org.espalier.runtime.train.Progress;
import org.espalier.spark.ExampleFields;
import org.espalier.spark.Field;
import org.espalier.spark.NetworkTransformer;
import org.espalier.spark.SparkDataset;
import org.espalier.spark.SparkModel;
import org.espalier.spark.SparkTrainer;

/** A Spark job: trains on four of five rows of a table, and predicts the others where they are. */
public final class TellTumours {
    private static final int PARTITIONS = 4;
    private static final int MEASUREMENTS = 30;
    private static final SparkModel<Tumours> MODEL = SparkModel.of(() -> Tumours.create(Init.seed(0)));

    private TellTumours() {}

    /**
     * Prints the share of rows that were told right.
     *
     * @param args the CSV file, 30 measurements and a class in each line, and where to write the weights
     * @throws IOException if Spark cannot be closed
     */
    public static void main(String[] args) throws IOException {
        String[] columns =
                IntStream.range(0, MEASUREMENTS).mapToObj(i -> "m" + i).toArray(String[]::new);
        ExampleFields fields = ExampleFields.of(
                Field.floats(MEASUREMENTS).from(columns), Field.ints().from("benign"));
        try (SparkSession session = SparkSession.builder().appName("tumours").getOrCreate()) {
            // The first line of the file says what it has.
            Dataset<Row> rows = session.read()
                    .schema(String.join(" double, ", columns) + " double, benign int")
                    .csv(args[0])
                    .where("benign is not null");
            Dataset<Row>[] parts = rows.randomSplit(new double[] {0.8, 0.2}, 42);
            try (SparkDataset training = SparkDataset.of(parts[0], fields, PARTITIONS);
                    Tumours net = Tumours.create(Init.seed(42));
                    SparkTrainer<Tumours> spark =
                            SparkTrainer.of(net, MODEL, training.batches(64).shuffled(7))) {
                spark.trainer()
                        .epochs(10)
                        .weights(Path.of(args[1]))
                        .progress(Progress.console())
                        .run();
                Dataset<Row> told = new NetworkTransformer<>(net, MODEL, fields, "logits").transform(parts[1]);
                long right =
                        told.where("(logits[1] > logits[0]) = (benign = 1)").count();
                System.out.printf("Told right %d of %d%n", right, parts[1].count());
            }
        }
    }
}
