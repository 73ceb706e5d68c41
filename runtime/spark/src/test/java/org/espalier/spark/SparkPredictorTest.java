package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.espalier.runtime.Init;
import org.espalier.spark.nets.Normed;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Predictions where the examples are. */
class SparkPredictorTest {
    private static final int COUNT = 23;
    private static final SparkModel<Normed> MODEL = SparkModel.of(() -> Normed.create(Init.seed(0)));

    /** One whose running statistics are not those that it starts with. */
    private static Normed trained() {
        Normed network = Normed.create(Init.seed(5));
        var all = Flowers.of(40).all();
        network.trainStep(all.input(), all.target());
        return network;
    }

    private static float[][] expected(Normed network) {
        INDArray output = network.predict(Flowers.of(COUNT).all().input());
        return output.toFloatMatrix();
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-6f));
        }
    }

    @Test
    void predictsAsTheNetworkDoesInTheOrderOfTheExamples() {
        List<Example> examples = IntStream.range(0, COUNT)
                .mapToObj(i -> Example.of(Flowers.measurements(i), Flowers.kind(i)))
                .toList();
        ExampleFields fields = ExampleFields.of(Field.floats(6), Field.ints());
        try (Normed network = trained()) {
            List<float[]> predicted = SparkPredictor.of(network, MODEL, fields)
                    .batchSize(4)
                    .predict(LocalSpark.CONTEXT.parallelize(examples, 3))
                    .collect();
            float[][] expected = expected(network);
            assertThat(predicted).hasSize(COUNT);
            for (int i = 0; i < COUNT; i++) {
                assertClose(predicted.get(i), expected[i]);
            }
        }
    }

    @Test
    void isAStageOfAPipeline() {
        StructType schema = new StructType()
                .add("id", DataTypes.IntegerType)
                .add("measurements", DataTypes.createArrayType(DataTypes.FloatType));
        List<Row> rows = IntStream.range(0, COUNT)
                .mapToObj(i -> RowFactory.create(i, Flowers.measurements(i)))
                .toList();
        Dataset<Row> frame = LocalSpark.SESSION.createDataFrame(rows, schema).repartition(2);
        try (Normed network = trained()) {
            NetworkTransformer<Normed> stage = new NetworkTransformer<>(
                            network, MODEL, ExampleFields.inputs(Field.floats(6).from("measurements")), "logits")
                    .batchSize(4);
            Dataset<Row> predicted = new Pipeline()
                    .setStages(new PipelineStage[] {stage})
                    .fit(frame)
                    .transform(frame);
            float[][] expected = expected(network);
            assertThat(predicted.columns()).containsExactly("id", "measurements", "logits");
            List<Row> found = predicted.orderBy("id").collectAsList();
            assertThat(found).hasSize(COUNT);
            for (int i = 0; i < COUNT; i++) {
                List<Float> logits = found.get(i).getList(2);
                float[] own = {logits.get(0), logits.get(1), logits.get(2)};
                assertClose(own, expected[i]);
            }
            assertThatThrownBy(() -> stage.transform(predicted))
                    .hasMessageContaining("expected no column 'logits' yet");
        }
    }
}
