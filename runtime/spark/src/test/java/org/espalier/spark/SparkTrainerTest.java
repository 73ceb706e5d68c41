package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.Supervised;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.TrainingException;
import org.espalier.runtime.train.metric.Accuracy;
import org.espalier.runtime.train.schedule.ExponentialLR;
import org.espalier.spark.nets.Dropping;
import org.espalier.spark.nets.Normed;
import org.espalier.spark.nets.Pair;
import org.espalier.spark.nets.Plain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Training in two threads of this process, as a cluster would do it. */
class SparkTrainerTest {
    private static final Dataset EXAMPLES = Flowers.of(200);
    private static final SparkModel<Plain> PLAIN = SparkModel.of(() -> Plain.create(Init.seed(0)));
    private static final SparkModel<Normed> NORMED = SparkModel.of(() -> Normed.create(Init.seed(0)));

    /** The weights after some epochs of 10 batches in 4 partitions. */
    private static float[] trained(
            int epochs, UnaryOperator<SparkTrainer<Plain>> options, UnaryOperator<Trainer> face) {
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, EXAMPLES, 4);
                Plain network = Plain.create(Init.seed(42));
                SparkTrainer<Plain> spark = options.apply(
                        SparkTrainer.of(network, PLAIN, there.batches(20).shuffled(7)))) {
            face.apply(spark.trainer().epochs(epochs)).run();
            return network.parameters().values().toFloatVector();
        }
    }

    private static float[] trainedHere(int epochs, UnaryOperator<Trainer> face) {
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, EXAMPLES, 4);
                Plain network = Plain.create(Init.seed(42))) {
            face.apply(Trainer.of(
                                    network,
                                    Flowers.here(EXAMPLES, there.batches(20).shuffled(7)))
                            .epochs(epochs))
                    .run();
            return network.parameters().values().toFloatVector();
        }
    }

    private static UnaryOperator<Trainer> plainly() {
        return trainer -> trainer;
    }

    @Test
    void givesTheWeightsOfOneMachineOnTheWholeBatch() {
        UnaryOperator<Trainer> face = trainer ->
                trainer.clipNorm(0.5).schedule(new ExponentialLR(0.9)).lambda("small", "l1", epoch -> 1e-4 * epoch);
        float[] there = trained(10, spark -> spark, face);
        float[] here = trainedHere(10, face);
        assertThat(there).hasSameSizeAs(here);
        for (int i = 0; i < here.length; i++) {
            assertThat(there[i]).isCloseTo(here[i], within(1e-5f));
        }
        assertThat(there).isNotEqualTo(trained(9, spark -> spark, face));
    }

    @Test
    void givesTheSameBitsTwiceAndWhereverGradientsAreAddedUp() {
        float[] once = trained(1, spark -> spark, plainly());
        assertThat(trained(1, spark -> spark.reduction(SparkTrainer.Reduction.DRIVER), plainly()))
                .isEqualTo(once);
        assertThat(trained(1, spark -> spark.reduction(SparkTrainer.Reduction.EXECUTORS), plainly()))
                .isEqualTo(once);
    }

    @Test
    void reportsWhatOneMachineReports() {
        List<StepReport> there = new ArrayList<>();
        List<StepReport> here = new ArrayList<>();
        trained(1, spark -> spark, trainer -> trainer.onEpoch((epoch, report) -> there.add(report)));
        trainedHere(1, trainer -> trainer.onEpoch((epoch, report) -> here.add(report)));
        assertThat(there).hasSize(1);
        assertThat(there.get(0).dataLoss()).isCloseTo(here.get(0).dataLoss(), within(1e-6));
        assertThat(there.get(0).ledger()).hasSize(2).hasSameSizeAs(here.get(0).ledger());
        for (int i = 0; i < 2; i++) {
            assertThat(there.get(0).ledger().get(i).value())
                    .isPositive()
                    .isCloseTo(here.get(0).ledger().get(i).value(), within(1e-6));
        }
    }

    @Test
    void validatesAndStopsEarlyAsATrainerDoes(@TempDir Path folder) {
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, EXAMPLES, 2);
                Plain network = Plain.create(Init.seed(42));
                SparkTrainer<Plain> spark =
                        SparkTrainer.of(network, PLAIN, there.batches(40).shuffled(7))) {
            Trainer trainer = spark.trainer()
                    .epochs(8)
                    .validation(Flowers.of(60).batches(30), new Accuracy())
                    .best(folder.resolve("best"), "accuracy")
                    .earlyStopping("loss", 1, 100)
                    .ledger(folder.resolve("ledger.csv"));
            trainer.run();
            List<EpochReport> history = trainer.history();
            assertThat(history).hasSize(2);
            assertThat(history.get(1).validation().get("accuracy")).isGreaterThan(0.5);
            assertThat(folder.resolve("best")).exists();
            assertThat(folder.resolve("ledger.csv")).exists();
        }
    }

    @Test
    void goesOnFromACheckpointToTheBit(@TempDir Path folder) {
        Path file = folder.resolve("checkpoint");
        float[] whole = trained(3, spark -> spark, plainly());
        trained(1, spark -> spark, trainer -> trainer.checkpoint(file));
        assertThat(trained(3, spark -> spark, trainer -> trainer.checkpoint(file)))
                .isEqualTo(whole);
    }

    @Test
    void microBatchesGiveTheSameWeights() {
        float[] whole = trained(1, spark -> spark, plainly());
        float[] parts = trained(1, spark -> spark.microBatch(2), plainly());
        for (int i = 0; i < whole.length; i++) {
            assertThat(parts[i]).isCloseTo(whole[i], within(1e-5f));
        }
        assertThat(parts).isNotEqualTo(whole);
    }

    @Test
    void runningStatisticsBecomeTheMeanOfThePartitions() {
        Dataset examples = Flowers.of(16);
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, examples, 2);
                Normed network = Normed.create(Init.seed(3));
                SparkTrainer<Normed> spark = SparkTrainer.of(network, NORMED, there.batches(16))) {
            spark.trainer().run();
            INDArray mean = network.statistics().get("norm.running_mean");
            INDArray var = network.statistics().get("norm.running_var");
            INDArray expectedMean = mean.mul(0);
            INDArray expectedVar = mean.mul(0);
            for (int partition = 0; partition < 2; partition++) {
                int first = partition;
                int[] rows = IntStream.range(0, 8).map(row -> first + 2 * row).toArray();
                try (Normed alone = Normed.create(Init.seed(3))) {
                    alone.forward(examples.select(rows).all().input());
                    expectedMean.addi(
                            alone.statistics().get("norm.running_mean").mul(0.5));
                    expectedVar.addi(alone.statistics().get("norm.running_var").mul(0.5));
                }
            }
            assertThat(mean.distance2(expectedMean)).isLessThan(1e-6);
            assertThat(var.distance2(expectedVar)).isLessThan(1e-6);
            assertThat(mean.norm2Number().doubleValue()).isGreaterThan(0.01);
        }
    }

    @Test
    void localStepsAreThoseOfEachPartitionAloneAndThenTheirMean() {
        Dataset examples = Flowers.of(16);
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, examples, 2);
                Normed network = Normed.create(Init.seed(3));
                SparkTrainer<Normed> spark =
                        SparkTrainer.of(network, NORMED, there.batches(16)).localSteps(2)) {
            spark.trainer().epochs(2).run();
            float[] expected;
            try (Normed left = Normed.create(Init.seed(3));
                    Normed right = Normed.create(Init.seed(3));
                    Normed mean = Normed.create(Init.seed(3))) {
                // The momentum of the second epoch is the mean of the first one's: that of the mean gradient, since the
                // momentum is linear in the gradients.
                localEpoch(left, examples, 0);
                localEpoch(right, examples, 1);
                mean.parameters().values().assign(mean(left, right));
                expected = mean.parameters().values().toFloatVector();
            }
            assertThat(network.updates()).isEqualTo(4);
            try (Normed once = Normed.create(Init.seed(3));
                    SparkTrainer<Normed> first =
                            SparkTrainer.of(once, NORMED, there.batches(16)).localSteps(2)) {
                first.trainer().epochs(1).run();
                float[] weights = once.parameters().values().toFloatVector();
                for (int i = 0; i < expected.length; i++) {
                    assertThat(weights[i]).isCloseTo(expected[i], within(1e-6f));
                }
            }
        }
    }

    private static void localEpoch(Normed network, Dataset examples, int partition) {
        for (int step = 0; step < 2; step++) {
            int first = partition + 8 * step;
            int[] rows = IntStream.range(0, 4).map(row -> first + 2 * row).toArray();
            Batch batch = examples.select(rows).all();
            network.trainStep(batch.input(), batch.target());
        }
    }

    private static INDArray mean(Network left, Network right) {
        return left.parameters().values().add(right.parameters().values()).muli(0.5);
    }

    @Test
    void localStepsLearnAndGiveTheSameBitsTwice(@TempDir Path folder) {
        UnaryOperator<SparkTrainer<Plain>> local = spark -> spark.localSteps(5);
        float[] once = trained(2, local, plainly());
        assertThat(trained(2, local, plainly())).isEqualTo(once);
        Path file = folder.resolve("checkpoint");
        trained(1, local, trainer -> trainer.checkpoint(file));
        assertThat(trained(2, local, trainer -> trainer.checkpoint(file))).isEqualTo(once);
    }

    @ParameterizedTest
    @EnumSource(Compression.Form.class)
    void compressedGradientsLearnAndGiveTheSameBitsTwice(Compression.Form form) {
        Compression compression = switch (form) {
            case NONE -> Compression.topK(1);
            case FLOAT16 -> Compression.float16();
            case BFLOAT16 -> Compression.bfloat16();
            case TOP_K -> Compression.topK(0.1, 4);
        };
        float[] exact = trained(1, spark -> spark, plainly());
        float[] once = trained(1, spark -> spark.compression(compression), plainly());
        assertThat(trained(1, spark -> spark.compression(compression), plainly()))
                .isEqualTo(once);
        if (form == Compression.Form.NONE) {
            assertThat(once).isEqualTo(exact);
        } else {
            assertThat(once).isNotEqualTo(exact);
            assertThat(distance(once, exact)).isLessThan(form == Compression.Form.TOP_K ? 0.6 : 0.05);
        }
    }

    private static double distance(float[] some, float[] others) {
        return Nd4j.createFromArray(some).distance2(Nd4j.createFromArray(others))
                / Nd4j.createFromArray(others).norm2Number().doubleValue();
    }

    @Test
    void halvesAreAddedUpOnExecutorsToTheSameBits() {
        assertThat(trained(
                        1,
                        spark -> spark.compression(Compression.float16()).reduction(SparkTrainer.Reduction.EXECUTORS),
                        plainly()))
                .isEqualTo(trained(1, spark -> spark.compression(Compression.float16()), plainly()));
    }

    @Test
    void sparseExchangeGoesOnFromACheckpointToTheBit(@TempDir Path folder) {
        UnaryOperator<SparkTrainer<Plain>> sparse = spark -> spark.compression(Compression.topK(0.1));
        Path file = folder.resolve("checkpoint");
        float[] whole = trained(2, sparse, plainly());
        trained(1, sparse, trainer -> trainer.checkpoint(file));
        assertThat(trained(2, sparse, trainer -> trainer.checkpoint(file))).isEqualTo(whole);
    }

    @Test
    void dropoutDrawsTheSameTwiceAndAnotherMaskInEachStep() {
        SparkModel<Dropping> model = SparkModel.of(() -> Dropping.create(Init.seed(0)));
        List<float[]> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, Flowers.of(12), 2);
                    Dropping network = Dropping.create(Init.seed(42));
                    SparkTrainer<Dropping> spark = SparkTrainer.of(network, model, there.batches(12))) {
                List<Double> losses = new ArrayList<>();
                network.optimizer().lr(0);
                spark.trainer()
                        .epochs(3)
                        .onEpoch((epoch, report) -> losses.add(report.dataLoss()))
                        .run();
                // The weights stay, so losses differ by masks alone.
                assertThat(losses).doesNotHaveDuplicates();
                runs.add(new float[] {losses.get(0).floatValue(), losses.get(1).floatValue()});
            }
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
    }

    @Test
    void trainsNetworksWithSeveralInputsAndLosses() {
        SparkModel<Pair> model = SparkModel.of(
                () -> Pair.create(Init.seed(0)),
                (net, batch) -> {
                    net.forward(batch.input(0), batch.input(1));
                    return net.score();
                },
                (net, batch) -> net.loss(batch.target(0), batch.target(1)),
                net -> net.backward());
        ExampleFields fields =
                new ExampleFields(List.of(Field.floats(6), Field.ints()), List.of(Field.ints(), Field.floats(1)));
        List<Example> examples = IntStream.range(0, 30)
                .mapToObj(i -> Example.of(
                        List.of(Flowers.measurements(i), new int[] {i % 9}),
                        List.of(new int[] {Flowers.kind(i)}, new float[] {i % 9})))
                .toList();
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT.parallelize(examples), fields, 2);
                Pair network = Pair.create(Init.seed(1));
                SparkTrainer<Pair> spark = SparkTrainer.of(network, model, there.batches(10))) {
            List<StepReport> reports = spark.trainer().epochs(4).run();
            assertThat(reports.get(0).losses()).hasSize(2);
            assertThat(reports.get(3).dataLoss()).isLessThan(reports.get(0).dataLoss());
        }
    }

    private static <N extends Network & Supervised> SparkTrainer<N> of(
            N network, SparkModel<N> model, SparkDataset there) {
        return SparkTrainer.of(network, model, there.batches(10));
    }

    @Test
    void numbersThatAreNotFiniteAreRefusedOrSkippedAsOnOneMachine() {
        Dataset examples = Flowers.of(20);
        INDArray inputs = examples.all().input();
        inputs.putScalar(3, 2, Float.NaN);
        Dataset broken = Dataset.of(inputs, examples.all().target());
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, broken, 2);
                Plain network = Plain.create(Init.seed(1));
                SparkTrainer<Plain> spark = of(network, PLAIN, there)) {
            float[] before = network.parameters().values().toFloatVector();
            assertThatThrownBy(() -> spark.trainer().run())
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("epoch 1, batch 1")
                    .hasCauseInstanceOf(NonFiniteException.class);
            assertThat(network.parameters().values().toFloatVector()).isEqualTo(before);
            Trainer skipping = spark.trainer().skipNonFinite();
            skipping.run();
            assertThat(skipping.history().get(0).skipped()).isEqualTo(1);
            assertThat(network.updates()).isEqualTo(1);
        }
    }

    @Test
    void examplesThatDoNotFitAreRefusedOnceAndSayWhere() {
        Dataset examples = Flowers.of(20);
        INDArray kinds = examples.all().target();
        kinds.putScalar(5, 7);
        Dataset broken = Dataset.of(examples.all().input(), kinds);
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, broken, 2);
                Plain network = Plain.create(Init.seed(1));
                SparkTrainer<Plain> spark = of(network, PLAIN, there)) {
            assertThatThrownBy(() -> spark.trainer().run())
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("partition 1")
                    .hasMessageContaining("7");
        }
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        try (SparkDataset there = SparkDataset.of(LocalSpark.CONTEXT, Flowers.of(20), 2);
                Plain network = Plain.create(Init.seed(1));
                SparkTrainer<Plain> spark = of(network, PLAIN, there)) {
            assertThatThrownBy(() -> spark.localSteps(6)).hasMessageContaining("there are 5");
            spark.localSteps(2);
            assertThatThrownBy(() -> spark.compression(Compression.topK(0.1)))
                    .hasMessage("topK(0.1, 16) needs an exchange after every step, found 2 local steps");
            assertThatThrownBy(() -> there.batches(1)).hasMessageContaining("at least the number of partitions, 2");
            assertThatThrownBy(() -> spark.trainer().accumulate(2, Trainer.Accumulation.MEAN))
                    .hasMessageContaining("that somebody else makes is of 1 batch, not of 2");
        }
    }
}
