package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.optim.regularizer.LedgerEntry;
import org.espalier.runtime.optim.update.NonFiniteException;
import org.espalier.runtime.train.LedgerCsv;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Schedule;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.TrainingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainerTest {
    @TempDir
    private Path folder;

    private static Batches batches() {
        Examples examples = Examples.of(DataType.FLOAT, 10, 1);
        return Batches.of(examples.images(), examples.labels().castTo(DataType.FLOAT), 4, 7);
    }

    @Test
    void itTrainsWritesLedgerAndWeightsAndShowsItsProgress() throws IOException {
        Path csv = folder.resolve("out/ledger.csv");
        Path weights = folder.resolve("out/tiny.safetensors");
        Recorder recorder = new Recorder();
        List<Integer> epochs = new ArrayList<>();
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            List<StepReport> reports = Trainer.of(network, batches())
                    .epochs(5)
                    .ledger(csv)
                    .weights(weights)
                    .progress(recorder)
                    .onEpoch((epoch, report) -> epochs.add(epoch))
                    .run();

            assertThat(reports).hasSize(5);
            assertThat(reports.get(4).total()).isLessThan(reports.get(0).total());
            assertThat(epochs).containsExactly(1, 2, 3, 4, 5);
            assertThat(recorder.events)
                    .hasSize(17)
                    .startsWith("begin training 15")
                    .endsWith("end");
            assertThat(recorder.events.get(15)).matches("epoch 5/5, loss [0-9.]+");

            List<String> rows = Files.readAllLines(csv);
            assertThat(rows.get(0)).isEqualTo("epoch,data,elastic:l1,elastic:l2,l2(0.001):l2,total");
            assertThat(rows).hasSize(6);
            for (int epoch = 1; epoch <= 5; epoch++) {
                String[] cells = rows.get(epoch).split(",");
                double sum = 0;
                for (int column = 1; column < 5; column++) {
                    sum += Double.parseDouble(cells[column]);
                }
                assertThat(cells[0]).isEqualTo(String.valueOf(epoch));
                assertThat(sum).isCloseTo(Double.parseDouble(cells[5]), within(1e-9));
                assertThat(Double.parseDouble(cells[5]))
                        .isEqualTo(reports.get(epoch - 1).total());
            }
            try (TinyNetwork saved = TinyNetwork.create(Init.from(weights))) {
                assertThat(saved.parameters().values())
                        .isEqualTo(network.parameters().values());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"UTF8", "COMPRESSED", "UNKNOWN"},
            mode = EnumSource.Mode.EXCLUDE)
    void labelsOfEveryTypeOfNumberTrainAlike(DataType type) {
        Examples examples = Examples.of(DataType.FLOAT, 8, 1);
        INDArray labels = Nd4j.createFromArray(1, 0, 0, 1, 1, 0, 1, 0);
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42));
                TinyNetwork other = TinyNetwork.create(Init.seed(42))) {
            Trainer.of(network, Batches.of(examples.images(), labels, 3, 7)).run();
            Trainer.of(other, Batches.of(examples.images(), labels.castTo(type), 3, 7))
                    .run();
            assertThat(other.parameters().values())
                    .isEqualTo(network.parameters().values());
        }
    }

    @Test
    void theLearningRateFollowsItsSchedule() {
        List<Double> rates = new ArrayList<>();
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Trainer.of(network, batches())
                    .epochs(3)
                    .learningRate(epoch -> 0.1 / epoch)
                    .onEpoch((epoch, report) -> rates.add(network.optimizer().lr()))
                    .run();
        }
        assertThat(rates).containsExactly(0.1, 0.1 / 2, 0.1 / 3);
    }

    @Test
    void lambdaFollowsItsScheduleStepByStep() {
        List<Double> lambdas = new ArrayList<>();
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            List<StepReport> reports = Trainer.of(network, batches())
                    .epochs(3)
                    .lambda("elastic", "l1", Schedule.linear(0, 0.02, 2))
                    .onEpoch((epoch, report) ->
                            lambdas.add(network.elastic.term("l1").lambda()))
                    .run();

            assertThat(lambdas.get(0)).isCloseTo(0.02 / 3, within(1e-12));
            assertThat(lambdas.get(1)).isCloseTo(0.05 / 3, within(1e-12));
            assertThat(lambdas.get(2)).isEqualTo(0.02);
            assertThat(reports.get(0).ledger().get(0).name()).isEqualTo("elastic:l1");
            Trainer trainer = Trainer.of(network, batches());
            assertThatThrownBy(() -> trainer.lambda("elastic", "l0", Schedule.constant(1)))
                    .hasMessage("regularizer 'elastic' has no term 'l0'; it has l1 and l2");
        }
    }

    @Test
    void schedulesGoStraightOrAlongHalfAWaveAndFollowEachOther() {
        Schedule warm = Schedule.linear(0, 4, 2).then(2, Schedule.cosine(4, 0, 4));

        assertThat(warm.at(0)).isZero();
        assertThat(warm.at(1)).isEqualTo(2);
        assertThat(warm.at(2)).isEqualTo(4);
        assertThat(warm.at(4)).isCloseTo(2, within(1e-12));
        assertThat(warm.at(6)).isZero();
        assertThat(warm.at(60)).isZero();
        assertThat(Schedule.constant(3).then(1, Schedule.constant(5)).at(1)).isEqualTo(5);
        assertThatThrownBy(() -> Schedule.linear(0, 1, 0))
                .hasMessage("a schedule must take more than 0 epochs, but takes 0.0");
    }

    @Test
    void theLedgerHasTheSparsityOfTheParametersThatReportIt() throws IOException {
        Path file = folder.resolve("sparse.csv");
        LedgerCsv csv = new LedgerCsv(file);
        Magnitudes exact = new Magnitudes("conv.weight", List.of(2L), 0.5, 0, 0.5, 1, 1, 1);
        Magnitudes small = new Magnitudes("mix.weight", List.of(2L), 0.25, 1e-3, 0.75, 1, 1, 1);

        csv.write(1, StepReport.of(2, List.of()), List.of(exact, small));

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "epoch,data,total,zeros:conv.weight,zeros:mix.weight,below 0.001:mix.weight",
                        "1,2.0,2.0,0.5,0.25,0.75");
        assertThatThrownBy(() -> csv.write(2, StepReport.of(2, List.of())))
                .hasMessageStartingWith("the ledger has the columns");
    }

    @Test
    void aLossThatIsNoNumberStopsItAndTheWeightsOfTheEpochBeforeStay() throws IOException {
        Path weights = folder.resolve("tiny.safetensors");
        try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(42), new Sgd(0.1))) {
            network.save(weights);
            byte[] before = Files.readAllBytes(weights);
            network.parameters().get("conv.bias").value().assign(Double.NaN);

            Trainer trainer = Trainer.of(network, batches()).weights(weights);

            assertThatThrownBy(trainer::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("the loss of epoch 1, batch 1 is NaN")
                    .hasMessageEndingWith(
                            "lower the learning rate, clip the gradient, or look for such numbers in the" + " data");
            assertThat(Files.readAllBytes(weights)).isEqualTo(before);
        }
    }

    @Test
    void aGradientThatIsNotFiniteStopsItAndWhatWasDoneIsKept() {
        Path checkpoint = folder.resolve("gradient.checkpoint");
        try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(42), new Sgd(0.1))) {
            Trainer trainer = Trainer.of(network, batches())
                    .epochs(2)
                    .checkpoint(checkpoint)
                    .onEpoch((epoch, report) ->
                            network.parameters().get("logits.weight").value().assign(3e38));

            assertThatThrownBy(trainer::run)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining(" of epoch 2, batch 1 is ")
                    .hasMessageContaining("lower the learning rate, clip the gradient, or look for such numbers")
                    .hasMessageContaining(" done until then are in " + checkpoint)
                    .cause()
                    .isInstanceOf(NonFiniteException.class);
        }
    }

    @Test
    void aRunThatWasStoppedGoesOnFromItsCheckpointAsIfItHadNot() throws IOException {
        Path checkpoint = folder.resolve("checkpoint");
        Path whole = folder.resolve("whole.csv");
        Path inParts = folder.resolve("parts.csv");
        try (TinyNetwork through = TinyNetwork.create(Init.seed(42));
                TinyNetwork stopped = TinyNetwork.create(Init.seed(42));
                TinyNetwork resumed = TinyNetwork.create(Init.seed(43))) {
            Trainer.of(through, batches()).epochs(4).ledger(whole).run();
            Trainer.of(stopped, batches())
                    .epochs(2)
                    .ledger(inParts)
                    .checkpoint(checkpoint)
                    .run();
            Files.writeString(inParts, "3,written,before,the,kill,came\n", StandardOpenOption.APPEND);

            Trainer rest =
                    Trainer.of(resumed, batches()).epochs(4).ledger(inParts).checkpoint(checkpoint);

            assertThat(rest.run()).hasSize(2);
            assertThat(resumed.parameters().values())
                    .isEqualTo(through.parameters().values());
            assertThat(resumed.updates()).isEqualTo(12);
            assertThat(Files.readString(inParts)).isEqualTo(Files.readString(whole));
            assertThat(rest.run()).isEmpty();
        }
    }

    @Test
    void thereIsAtLeastOneEpoch() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Trainer trainer = Trainer.of(network, batches());
            assertThatThrownBy(() -> trainer.epochs(0)).hasMessage("epochs must be at least 1, but are 0");
            assertThat(trainer.run().get(0).ledger())
                    .extracting(LedgerEntry::name)
                    .containsExactly("elastic:l1", "elastic:l2", "l2(0.001):l2");
        }
    }

    private static final class Recorder implements Progress {
        private final List<String> events = new ArrayList<>();

        @Override
        public void begin(String task, long steps) {
            events.add("begin " + task + " " + steps);
        }

        @Override
        public void step(String message) {
            events.add(message);
        }

        @Override
        public void end() {
            events.add("end");
        }
    }
}
