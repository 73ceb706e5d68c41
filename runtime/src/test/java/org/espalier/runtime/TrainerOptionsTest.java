package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.LastBatch;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.Trainer.Accumulation;
import org.espalier.runtime.train.TrainingException;
import org.espalier.runtime.train.Validation;
import org.espalier.runtime.train.metric.Accuracy;
import org.espalier.runtime.train.schedule.CosineAnnealingLR;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau;
import org.espalier.runtime.train.schedule.StepLR;
import org.espalier.weights.OtherProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Compares what a trainer does if asked with loops written by hand, and its stopped runs with whole ones. */
class TrainerOptionsTest {
    @TempDir
    private Path folder;

    /** Batches in the order of the examples, of some sizes. */
    private record Ordered(Examples examples, int... sizes) implements Batches {
        static Ordered of(int... sizes) {
            return new Ordered(Examples.of(DataType.FLOAT, IntStream.of(sizes).sum(), 3), sizes);
        }

        @Override
        public int perEpoch() {
            return sizes.length;
        }

        @Override
        public List<Batch> epoch(int epoch) {
            List<Batch> batches = new ArrayList<>();
            int start = 0;
            for (int size : sizes) {
                batches.add(rows(start, start + size));
                start += size;
            }
            return batches;
        }

        Batch rows(int start, int end) {
            return new Batch(
                    examples.images().get(NDArrayIndex.interval(start, end)).dup('c'),
                    examples.labels().get(NDArrayIndex.interval(start, end)).castTo(DataType.FLOAT));
        }
    }

    private static TinyNetwork network() {
        return TinyNetwork.create(Init.seed(42));
    }

    private static INDArray weights(Network network) {
        return network.parameters().values();
    }

    private static void step(TinyNetwork network, Batch batch) {
        network.trainStep(batch.input(), batch.target());
    }

    @Test
    void validationMeasuresInEvaluationModeAndChangesNothing() {
        Ordered data = Ordered.of(4, 4, 2);
        Ordered other = new Ordered(Examples.of(DataType.FLOAT, 7, 9), 5, 2);
        try (TinyNetwork plain = network();
                TinyNetwork validated = network()) {
            Trainer.of(plain, data).epochs(4).run();
            Trainer trainer = Trainer.of(validated, data)
                    .epochs(4)
                    .validation(other, new Accuracy(), Accuracy.top(2))
                    .validateEvery(2);
            trainer.run();

            assertThat(weights(validated)).isEqualTo(weights(plain));
            List<EpochReport> history = trainer.history();
            assertThat(history).extracting(EpochReport::epoch).containsExactly(1, 2, 3, 4);
            assertThat(history.get(0).validation()).isEmpty();
            assertThat(history.get(3).validation()).containsOnlyKeys("loss", "accuracy", "top_2_accuracy");
            Map<String, Double> numbers = history.get(3).validation();
            Batch all = other.rows(0, 7);
            INDArray logits = validated.predict(all.input());
            INDArray right = logits.argMax(1).castTo(DataType.FLOAT).eq(all.target());
            assertThat(numbers.get("accuracy"))
                    .isEqualTo(right.castTo(DataType.DOUBLE).meanNumber().doubleValue());
            validated.eval();
            validated.forward(all.input());
            assertThat(numbers.get("loss")).isCloseTo(validated.loss(all.target()), within(1e-6));
            assertThat(new Validation(other, List.of(new Accuracy())).of(validated))
                    .containsEntry("accuracy", numbers.get("accuracy"));
            assertThat(validated.isTraining()).isFalse();
        }
    }

    @Test
    void theLedgerHasValidationInEveryRow() throws IOException {
        Path ledger = folder.resolve("ledger.csv");
        try (TinyNetwork network = network()) {
            Trainer trainer = Trainer.of(network, Ordered.of(4, 4))
                    .epochs(2)
                    .validation(Ordered.of(3), new Accuracy())
                    .validateEvery(2)
                    .ledger(ledger);
            trainer.run();

            List<String> rows = Files.readAllLines(ledger);
            assertThat(rows.get(0)).endsWith(",total,validation:loss,validation:accuracy");
            assertThat(rows.get(1)).endsWith(",,");
            Map<String, Double> numbers = trainer.history().get(1).validation();
            assertThat(rows.get(2)).endsWith("," + numbers.get("loss") + "," + numbers.get("accuracy"));
        }
    }

    /** Keeps the learning rate of each step. */
    private static final class Rates implements Callback {
        private final Network network;
        private final List<Double> rates = new ArrayList<>();

        Rates(Network network) {
            this.network = network;
        }

        @Override
        public void onStep(int epoch, int batch, StepReport step) {
            rates.add(network.optimizer().lr());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void schedulesCountEpochsOrSteps(boolean byStep) {
        LRScheduler schedule = new StepLR(2, 0.5);
        try (TinyNetwork network = network()) {
            Rates rates = new Rates(network);
            Trainer trainer = Trainer.of(network, Ordered.of(4, 4, 2)).epochs(3).callback(rates);
            (byStep ? trainer.scheduleSteps(schedule) : trainer.schedule(schedule)).run();

            for (int step = 0; step < 9; step++) {
                assertThat(rates.rates.get(step)).isEqualTo(schedule.lr(1e-2, byStep ? step : step / 3));
            }
        }
    }

    @Test
    void aPlateauLowersTheLearningRate() {
        // A loss that falls is no better where higher is better: only the first one counts.
        ReduceLROnPlateau plateau = new ReduceLROnPlateau(ReduceLROnPlateau.Mode.MAX, 0.5, 1);
        try (TinyNetwork network = network()) {
            Trainer trainer = Trainer.of(network, Ordered.of(4, 4))
                    .epochs(6)
                    .validation(Ordered.of(4))
                    .reduceOnPlateau(plateau, "training_loss");
            trainer.run();

            assertThat(trainer.history())
                    .extracting(EpochReport::lr)
                    .containsExactly(1e-2, 1e-2, 1e-2, 5e-3, 5e-3, 2.5e-3);
        }
    }

    @Test
    void trainingStopsWhenANumberGetsNoBetterAndTheBestWeightsAreKept() {
        Path best = folder.resolve("best.safetensors");
        Map<Integer, Double> losses = new LinkedHashMap<>();
        List<INDArray> weights = new ArrayList<>();
        try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(42), new Sgd(0.5))) {
            Trainer.of(network, Ordered.of(4, 4, 2))
                    .epochs(40)
                    .validation(Ordered.of(6))
                    .best(best, "loss")
                    .earlyStopping("loss", 3)
                    .callback(new Callback() {
                        @Override
                        public void onEpoch(EpochReport report) {
                            losses.put(report.epoch(), report.validation().get("loss"));
                            weights.add(weights(network).dup());
                        }
                    })
                    .run();
        }
        int bestEpoch = losses.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        assertThat(losses).hasSize(bestEpoch + 3).hasSizeLessThan(40);
        try (TinyNetwork saved = TinyNetwork.create(Init.from(best))) {
            assertThat(weights(saved)).isEqualTo(weights.get(bestEpoch - 1));
        }
    }

    @ParameterizedTest
    @EnumSource(Accumulation.class)
    void accumulatedBatchesMakeOneStep(Accumulation accumulation) {
        Ordered data = Ordered.of(4, 4, 4, 4, 2);
        try (TinyNetwork trained = network();
                TinyNetwork byHand = network()) {
            List<StepReport> reports = Trainer.of(trained, data)
                    .accumulate(2, accumulation)
                    .clipNorm(0.5)
                    .run();

            byHand.optimizer().clipNorm(0.5);
            List<Batch> batches = data.epoch(1);
            List<StepReport> steps = new ArrayList<>();
            for (int start = 0; start < 5; start += 2) {
                int count = Math.min(2, 5 - start);
                for (Batch batch : batches.subList(start, start + count)) {
                    byHand.forward(batch.input());
                    byHand.loss(batch.target());
                    byHand.backward();
                }
                if (accumulation == Accumulation.SUM) {
                    steps.add(byHand.update());
                } else {
                    weightsOfGradient(byHand, 1.0 / count);
                    steps.add(byHand.update(0));
                }
            }

            assertThat(weights(trained)).isEqualTo(weights(byHand));
            if (accumulation == Accumulation.SUM) {
                double mean = (8 * steps.get(0).dataLoss()
                                + 8 * steps.get(1).dataLoss()
                                + 2 * steps.get(2).dataLoss())
                        / 18;
                assertThat(reports.get(0).dataLoss()).isCloseTo(mean, within(1e-9));
            }
        }
    }

    private static void weightsOfGradient(TinyNetwork network, double factor) {
        network.parameters().forEach(parameter -> parameter.gradient().muli(factor));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void theAverageOfTheWeightsIsWhatIsKept(DataType type) {
        Path file = folder.resolve("weights");
        Examples examples = Examples.of(type, 8, 3);
        Batches data = Batches.of(examples.images(), examples.labels().castTo(type), 4, 7);
        try (TinyNetwork network = TinyNetwork.create(type, Init.seed(42), new Sgd(0.1));
                TinyNetwork plain = TinyNetwork.create(type, Init.seed(42), new Sgd(0.1));
                TinyNetwork saved = TinyNetwork.create(type, Init.seed(1), new Sgd(0.1))) {
            Trainer.of(network, data)
                    .epochs(3)
                    .averageWeights(0.75)
                    .weights(file)
                    .run();
            List<INDArray> steps = new ArrayList<>();
            Trainer.of(plain, data)
                    .epochs(3)
                    .callback(new Callback() {
                        @Override
                        public void onStep(int epoch, int batch, StepReport step) {
                            steps.add(weights(plain).dup());
                        }
                    })
                    .run();
            INDArray average = steps.get(0);
            for (INDArray step : steps.subList(1, 6)) {
                average = average.mul(0.75).add(step.mul(0.25));
            }

            double[] found = weights(network).toDoubleVector();
            double[] expected = average.toDoubleVector();
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(type == DataType.FLOAT ? 1e-7 : 1e-15));
            }
            saved.load(file);
            assertThat(weights(saved)).isEqualTo(weights(network));
        }
    }

    @Test
    void aSmallLastBatchIsKeptDroppedOrMerged() {
        Ordered data = Ordered.of(4, 4, 2);
        for (LastBatch treatment : LastBatch.values()) {
            try (TinyNetwork trained = network();
                    TinyNetwork byHand = network()) {
                Trainer.of(trained, data).lastBatch(treatment).run();
                step(byHand, data.rows(0, 4));
                step(byHand, data.rows(4, treatment == LastBatch.MERGE ? 10 : 8));
                if (treatment == LastBatch.KEEP) {
                    step(byHand, data.rows(8, 10));
                }

                assertThat(weights(trained)).as(treatment.name()).isEqualTo(weights(byHand));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void aLastBatchAsLargeAsTheOthersIsTrainedOn(LastBatch treatment) {
        Ordered data = Ordered.of(4, 4);
        try (TinyNetwork trained = network();
                TinyNetwork byHand = network()) {
            Trainer.of(trained, data).lastBatch(treatment).run();
            step(byHand, data.rows(0, 4));
            step(byHand, data.rows(4, 8));

            assertThat(weights(trained)).isEqualTo(weights(byHand));
        }
    }

    @Test
    void aLastBatchOfOneExampleIsNoneForBatchNormalization() {
        INDArray images = Nd4j.rand(DataType.FLOAT, 5, 2, 2, 2);
        Batches data = Batches.of(images, images.reshape(5, 8), 2, 7);
        try (NormedNetwork network = new NormedNetwork(Init.seed(42))) {
            assertThatThrownBy(() -> Trainer.of(network, data).run())
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("more than one value per channel")
                    .hasMessageContaining("lastBatch(LastBatch.DROP)");
        }
        for (LastBatch treatment : List.of(LastBatch.DROP, LastBatch.MERGE)) {
            try (NormedNetwork network = new NormedNetwork(Init.seed(42))) {
                Trainer.of(network, data).lastBatch(treatment).run();
                assertThat(network.updates()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aStepThatIsNotFiniteIsSkippedAndCountedIfAsked(int accumulated) {
        Ordered data = Ordered.of(4, 4, 4, 4);
        data.examples().images().putScalar(new long[] {6, 0, 3, 3}, Double.NaN);
        try (TinyNetwork trained = network();
                TinyNetwork byHand = network()) {
            Trainer trainer = Trainer.of(trained, data)
                    .epochs(2)
                    .accumulate(accumulated, Accumulation.SUM)
                    .skipNonFinite();
            trainer.run();
            for (int epoch = 0; epoch < 2; epoch++) {
                for (int start : accumulated == 1 ? new int[] {0, 8, 12} : new int[] {8}) {
                    if (accumulated == 1) {
                        step(byHand, data.rows(start, start + 4));
                        continue;
                    }
                    for (int row = start; row < start + 8; row += 4) {
                        Batch batch = data.rows(row, row + 4);
                        byHand.forward(batch.input());
                        byHand.loss(batch.target());
                        byHand.backward();
                    }
                    byHand.update();
                }
            }

            assertThat(trainer.history()).extracting(EpochReport::skipped).containsExactly(1L, 2L);
            assertThat(weights(trained)).isEqualTo(weights(byHand));
            assertThat(trained.statistics()).isEqualTo(byHand.statistics());
        }
    }

    @Test
    void aNumberThatThereIsNotCannotBeMonitored() {
        try (TinyNetwork network = network()) {
            Trainer trainer = Trainer.of(network, Ordered.of(4)).earlyStopping("accuracy", 2);
            assertThatThrownBy(trainer::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "there is no number 'accuracy' to monitor without validation(…); there is training_loss");
            trainer.validation(Ordered.of(3), Accuracy.top(2));
            assertThatThrownBy(trainer::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no number 'accuracy' to monitor; there are training_loss, loss,"
                            + " top_2_accuracy");
            assertThatThrownBy(() -> trainer.accumulate(0, Accumulation.MEAN))
                    .hasMessage("accumulated batches must be at least 1, but are 0");
            assertThatThrownBy(() -> network.updateScaled(0))
                    .hasMessage("factor must be a finite number above 0, but is 0.0");
        }
    }

    /** Counts steps over all runs, and has them in the checkpoint. */
    private static final class Counter implements Callback {
        private int steps;

        @Override
        public void onStep(int epoch, int batch, StepReport step) {
            steps++;
        }

        @Override
        public Map<String, String> state() {
            return Map.of("steps", String.valueOf(steps));
        }

        @Override
        public void resume(Map<String, String> state) {
            steps = Integer.parseInt(state.getOrDefault("steps", ""));
        }
    }

    /** A trainer with everything switched on that may be at once. */
    private static Trainer everything(TinyNetwork network, Path folder, Callback counter) {
        Examples examples = Examples.of(DataType.FLOAT, 22, 1);
        examples.images().putScalar(new long[] {5, 0, 0, 0}, Double.POSITIVE_INFINITY);
        Examples other = Examples.of(DataType.FLOAT, 9, 2);
        return Trainer.of(network, Batches.of(examples.images(), examples.labels(), 4, 7))
                .epochs(9)
                .accumulate(2, Accumulation.MEAN)
                .lastBatch(LastBatch.MERGE)
                .scheduleSteps(LRScheduler.warmUp(4, new CosineAnnealingLR(20)))
                .clipNorm(0.5)
                .clipValue(0.2)
                .averageWeights(0.9)
                .skipNonFinite()
                .validation(Batches.of(other.images(), other.labels(), 4, 7), new Accuracy())
                .earlyStopping("loss", 6)
                .best(folder.resolve("best"), "loss")
                .weights(folder.resolve("weights"))
                .ledger(folder.resolve("ledger.csv"))
                .checkpoint(folder.resolve("checkpoint"))
                .callback(counter);
    }

    @Test
    void aRunThatIsKilledAgainAndAgainEndsWithTheBitsOfAWholeOne() throws Exception {
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        Counter steps = new Counter();
        try (TinyNetwork network = network()) {
            Trainer trainer = everything(network, whole, steps);
            trainer.run();
            assertThat(trainer.history().get(trainer.history().size() - 1).skipped())
                    .isPositive();
        }
        for (int kill = 0; kill < 2; kill++) {
            try (OtherProcess other = OtherProcess.start(TrainerOptionsTest.class, stopped.toString(), "7")) {
                other.awaitLine("seven steps are done");
                other.kill();
            }
        }
        Counter resumed = new Counter();
        try (TinyNetwork network = TinyNetwork.create(Init.seed(43))) {
            everything(network, stopped, resumed).run();
        }

        assertThat(resumed.steps).isEqualTo(steps.steps);
        for (String file : List.of("best", "weights", "ledger.csv", "checkpoint")) {
            assertThat(stopped.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
    }

    /** The other process: trains until it is killed, which is in the middle of an epoch. */
    public static void main(String[] arguments) {
        try (TinyNetwork network = network()) {
            everything(network, Path.of(arguments[0]), new Counter())
                    .callback(new Callback() {
                        private int steps;

                        @Override
                        public void onStep(int epoch, int batch, StepReport step) {
                            if (++steps == Integer.parseInt(arguments[1])) {
                                System.out.println("seven steps are done");
                                OtherProcess.waitToBeKilled();
                            }
                        }
                    })
                    .run();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7})
    void aRunThatIsStoppedWithinAnEpochEndsWithTheBitsOfAWholeOne(int stop) throws Exception {
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        try (TinyNetwork network = network()) {
            everything(network, whole, new Counter()).run();
        }
        try (TinyNetwork network = network()) {
            Trainer trainer = everything(network, stopped, new Counter()).progress(new Progress() {
                private int batches;

                @Override
                public void begin(String task, long steps) {}

                @Override
                public void step(String message) {
                    if (++batches == stop) {
                        throw new IllegalStateException("stopped");
                    }
                }

                @Override
                public void end() {}
            });
            assertThatThrownBy(trainer::run).isInstanceOf(TrainingException.class);
        }
        try (TinyNetwork network = TinyNetwork.create(Init.seed(43))) {
            everything(network, stopped, new Counter()).run();
        }

        for (String file : List.of("best", "weights", "ledger.csv")) {
            assertThat(stopped.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
    }
}
