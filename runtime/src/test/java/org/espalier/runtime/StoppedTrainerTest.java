package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.train.LedgerCsv;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Schedule;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.TrainingException;
import org.espalier.weights.OtherProcess;
import org.espalier.weights.TensorFile;
import org.espalier.weights.WeightsFileException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whatever stops a run, ledger and checkpoint have what was done, and going on comes to what a whole run comes to. */
@Timeout(120)
class StoppedTrainerTest {
    private static final int EPOCHS = 4;

    @TempDir
    private Path folder;

    private Path ledger;
    private Path weights;
    private Path checkpoint;

    @BeforeEach
    void chooseFiles() {
        ledger = folder.resolve("ledger.csv");
        weights = folder.resolve("tiny.safetensors");
        checkpoint = folder.resolve("checkpoint");
    }

    /** Three batches an epoch. */
    private static Batches batches() {
        Examples examples = Examples.of(DataType.FLOAT, 10, 1);
        return Batches.of(examples.images(), examples.labels(), 4, 7);
    }

    private Trainer trainer(TinyNetwork network, Batches batches) {
        return Trainer.of(network, batches)
                .epochs(EPOCHS)
                .learningRate(epoch -> 0.02 / epoch)
                .lambda("elastic", "l1", Schedule.linear(0, 0.02, 3))
                .ledger(ledger)
                .weights(weights)
                .checkpoint(checkpoint);
    }

    private static List<INDArray> everything(Network network) {
        List<INDArray> tensors = new ArrayList<>();
        tensors.add(network.parameters().values().dup());
        network.statistics().values().forEach(statistic -> tensors.add(statistic.dup()));
        return tensors;
    }

    /**
     * Goes on with a network of another seed, since what counts is in the checkpoint, and compares with a whole run.
     */
    private void assertGoesOnAsAWholeRun() throws IOException {
        assertGoesOnAsAWholeRun(43);
    }

    private void assertGoesOnAsAWholeRun(long seed) throws IOException {
        Path wholeLedger = folder.resolve("whole.csv");
        Path wholeWeights = folder.resolve("whole.safetensors");
        try (TinyNetwork whole = TinyNetwork.create(Init.seed(42));
                TinyNetwork network = TinyNetwork.create(Init.seed(seed))) {
            Trainer.of(whole, batches())
                    .epochs(EPOCHS)
                    .learningRate(epoch -> 0.02 / epoch)
                    .lambda("elastic", "l1", Schedule.linear(0, 0.02, 3))
                    .ledger(wholeLedger)
                    .weights(wholeWeights)
                    .run();

            trainer(network, batches()).run();

            assertThat(network.updates()).isEqualTo(whole.updates());
            assertThat(network.optimizer().lr()).isEqualTo(whole.optimizer().lr());
            assertThat(everything(network)).isEqualTo(everything(whole));
            assertThat(ledger).hasSameTextualContentAs(wholeLedger);
            assertThat(weights).hasSameBinaryContentAs(wholeWeights);
        }
    }

    /** Batches of which one, counted over all epochs, is changed on its way. */
    private record Faulty(Batches batches, int number, UnaryOperator<Batch> fault, int[] given) implements Batches {
        Faulty(Batches batches, int number, UnaryOperator<Batch> fault) {
            this(batches, number, fault, new int[1]);
        }

        @Override
        public int perEpoch() {
            return batches.perEpoch();
        }

        @Override
        public Iterable<Batch> epoch(int epoch) {
            return () -> {
                Iterator<Batch> whole = batches.epoch(epoch).iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return whole.hasNext();
                    }

                    @Override
                    public Batch next() {
                        Batch batch = whole.next();
                        given[0]++;
                        return given[0] == number ? fault.apply(batch) : batch;
                    }
                };
            };
        }
    }

    private static Batch mislabelled(Batch batch) {
        return new Batch(
                batch.input(), Nd4j.createFromArray(new int[batch.size()]).add(7));
    }

    private static Batch tooWide(Batch batch) {
        return new Batch(Nd4j.zeros(DataType.FLOAT, batch.size(), 1, 8, 9), batch.target());
    }

    private static <T> T unreadable() {
        throw new IllegalStateException("the disk went away");
    }

    private static final class Failing implements Progress {
        private final int number;
        private int steps;

        Failing(int number) {
            this.number = number;
        }

        @Override
        public void begin(String task, long steps) {}

        @Override
        public void step(String message) {
            if (++steps == number) {
                throw new IllegalStateException("no terminal any more");
            }
        }

        @Override
        public void end() {}
    }

    private interface Fault {
        Trainer in(StoppedTrainerTest test, TinyNetwork network);
    }

    private static Arguments fault(String name, long updates, String message, Fault fault) {
        return arguments(name, updates, message, fault);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "no first batch",
                        0,
                        "epoch 1, batch 1 of 3: the disk went away",
                        (test, network) -> test.trainer(network, new Faulty(batches(), 1, batch -> unreadable()))),
                fault(
                        "data within an epoch",
                        7,
                        "epoch 3, batch 2 of 3: the disk went away",
                        (test, network) -> test.trainer(network, new Faulty(batches(), 8, batch -> unreadable()))),
                fault(
                        "data within the first epoch",
                        2,
                        "epoch 1, batch 3 of 3: the disk went away",
                        (test, network) -> test.trainer(network, new Faulty(batches(), 3, batch -> unreadable()))),
                fault(
                        "data at the start of an epoch",
                        6,
                        "epoch 3, batch 1 of 3: the disk went away",
                        (test, network) -> test.trainer(network, new Faulty(batches(), 7, batch -> unreadable()))),
                fault(
                        "the last step of an epoch, after its forward",
                        5,
                        "epoch 2, batch 3 of 3: label 0 is 7",
                        (test, network) ->
                                test.trainer(network, new Faulty(batches(), 6, StoppedTrainerTest::mislabelled))),
                fault(
                        "a step before its forward",
                        3,
                        "epoch 2, batch 1 of 3: input 'image' of TinyNetwork must be",
                        (test, network) ->
                                test.trainer(network, new Faulty(batches(), 4, StoppedTrainerTest::tooWide))),
                fault(
                        "a schedule",
                        4,
                        "epoch 2, batch 2 of 3: lambda",
                        (test, network) -> test.trainer(network, batches())
                                .lambda("elastic", "l2", done -> done > 1.1 ? -1 : 0.1)),
                fault(
                        "the learning rate",
                        6,
                        "epoch 3: lr must be",
                        (test, network) -> test.trainer(network, batches())
                                .learningRate(epoch -> epoch == 3 ? Double.NaN : 0.02 / epoch)),
                fault(
                        "the progress",
                        8,
                        "epoch 3, batch 2 of 3: no terminal any more",
                        (test, network) -> test.trainer(network, batches()).progress(new Failing(8))),
                fault(
                        "the progress, after the last step of an epoch",
                        9,
                        "epoch 3, batch 3 of 3: no terminal any more",
                        (test, network) -> test.trainer(network, batches()).progress(new Failing(9))),
                fault(
                        "the listener",
                        6,
                        "epoch 2, after its last batch: no message",
                        (test, network) -> test.trainer(network, batches()).onEpoch((epoch, report) -> {
                            if (epoch == 2) {
                                throw new IllegalStateException("no message");
                            }
                        })));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aRunThatIsStoppedGoesOnAsIfItHadNotBeen(String name, long updates, String message, Fault fault)
            throws IOException {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Trainer trainer = fault.in(this, network);
            Throwable stopped = catchThrowable(trainer::run);

            assertThat(stopped).isInstanceOf(TrainingException.class).hasMessageStartingWith(message);
            assertThat(stopped.getCause()).isNotNull();
            assertThat(network.updates()).isEqualTo(updates);
            if (updates > 0) {
                assertThat(stopped)
                        .hasMessageContainingAll(checkpoint.toString(), ledger.toString(), "it goes on with");
                try (TinyNetwork kept = TinyNetwork.create(Init.seed(1))) {
                    kept.resume(checkpoint);
                    assertThat(kept.updates()).isEqualTo(updates);
                    assertThat(everything(kept)).isEqualTo(everything(network));
                }
            } else {
                assertThat(checkpoint).doesNotExist();
            }
        }

        assertGoesOnAsAWholeRun(updates > 0 ? 43 : 42);
    }

    @Test
    void aBatchOfOneSampleUnderBatchNormLeavesWhatWasDone() throws IOException {
        INDArray images = Nd4j.rand(DataType.FLOAT, 12, 2, 2, 2);
        INDArray targets = Nd4j.rand(DataType.FLOAT, 12, 8);
        Batches good = Batches.of(images, targets, 4, 3);
        Batches bad = new Faulty(
                good, 6, batch -> new Batch(Nd4j.ones(DataType.FLOAT, 1, 2, 2, 2), Nd4j.ones(DataType.FLOAT, 1, 8)));
        try (NormedNetwork network = new NormedNetwork(Init.seed(1))) {
            assertThatThrownBy(() -> Trainer.of(network, bad)
                            .epochs(3)
                            .ledger(ledger)
                            .checkpoint(checkpoint)
                            .run())
                    .isInstanceOf(TrainingException.class)
                    .hasMessage("epoch 2, batch 3 of 3: batch normalization needs more than one value per channel while"
                            + " training, but its input is [1, 8]; use a larger batch or larger images, or train without"
                            + " this normalization. The batch has fewer examples than the others:"
                            + " lastBatch(LastBatch.DROP) leaves it out, LastBatch.MERGE joins it to the one before"
                            + "\nThe 5 steps done until then are in " + checkpoint + " and " + ledger
                            + ". Fix the cause and run the trainer again: it goes on with batch 3 of epoch 2. To go on"
                            + " with other batches, call net.resume(file) and train with a checkpoint in another file");
        }
        assertThat(Files.readAllLines(ledger)).hasSize(3);
        assertThat(Files.readAllLines(ledger).get(1)).startsWith("1,");
        assertThat(Files.readAllLines(ledger).get(2)).startsWith("1.6666666666666665,");
        try (NormedNetwork network = new NormedNetwork(Init.seed(1));
                NormedNetwork through = new NormedNetwork(Init.seed(1))) {
            Trainer.of(through, good)
                    .epochs(3)
                    .ledger(folder.resolve("whole.csv"))
                    .run();

            Trainer.of(network, good)
                    .epochs(3)
                    .ledger(ledger)
                    .checkpoint(checkpoint)
                    .run();

            assertThat(everything(network)).isEqualTo(everything(through));
            assertThat(ledger).hasSameTextualContentAs(folder.resolve("whole.csv"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ledger.csv", "tiny.safetensors", "checkpoint"})
    void aFileThatCannotBeWrittenStopsARunWhichGoesOnWhenItCan(String name) throws IOException {
        Path file = folder.resolve(name);
        Path aside = folder.resolve("aside");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Trainer trainer = trainer(network, batches()).onEpoch((epoch, report) -> {
                if (epoch == 2) {
                    occupy(file, aside);
                }
            });
            Throwable stopped = catchThrowable(trainer::run);

            assertThat(stopped).isInstanceOf(TrainingException.class).hasMessageContaining(file.toString());
            if (name.equals("checkpoint")) {
                assertThat(stopped)
                        .hasMessageStartingWith("epoch 2, after its last batch: " + checkpoint + ": cannot be written:")
                        .hasMessageContaining("\nThe 6 steps done until then are in the network and " + ledger
                                + ", but the checkpoint could not be written. " + checkpoint + " is as it was before");
            } else {
                assertThat(stopped)
                        .hasMessageStartingWith("epoch 3, after its last batch: ")
                        .hasMessageContaining("\nThe 9 steps done until then are in " + checkpoint)
                        .hasMessageContaining("it goes on with what comes after the last batch of epoch 3");
            }
        }
        Files.delete(file.resolve("occupied"));
        Files.delete(file);
        Files.move(aside, file);

        assertGoesOnAsAWholeRun();
    }

    private static void occupy(Path file, Path aside) {
        try {
            Files.move(file, aside);
            Files.createDirectory(file);
            Files.createFile(file.resolve("occupied"));
        } catch (IOException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Test
    void anInterruptedThreadStopsAfterItsStepAndStaysInterrupted() throws IOException {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Batches interrupting = new Faulty(batches(), 5, batch -> {
                Thread.currentThread().interrupt();
                return batch;
            });
            Throwable stopped =
                    catchThrowable(() -> trainer(network, interrupting).run());

            assertThat(Thread.interrupted()).isTrue();
            assertThat(stopped)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageStartingWith("the thread was interrupted after epoch 2, batch 2 of 3\nThe 5 steps done");
        }
        assertGoesOnAsAWholeRun();
    }

    @Test
    void anInterruptionWhileFilesAreWrittenLosesNothing() throws IOException {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Trainer trainer = trainer(network, batches()).onEpoch((epoch, report) -> {
                if (epoch == 2) {
                    Thread.currentThread().interrupt();
                }
            });
            Throwable stopped = catchThrowable(trainer::run);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(stopped).isInstanceOf(TrainingException.class).hasMessageContaining("The 6 steps done");
        }
        assertGoesOnAsAWholeRun();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorIsThrownAsItIsAndWhatWasDoneIsKept(Supplier<Error> errors) throws IOException {
        Error error = errors.get();
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Batches failing = new Faulty(batches(), 5, batch -> {
                throw error;
            });
            assertThatThrownBy(() -> trainer(network, failing).run()).isSameAs(error);
            assertThat(error.getSuppressed()).hasSize(1);
            assertThat(error.getSuppressed()[0])
                    .isInstanceOf(TrainingException.class)
                    .hasMessageStartingWith("epoch 2, batch 2 of 3\nThe 4 steps done until then are in " + checkpoint);
        }
        assertGoesOnAsAWholeRun();
    }

    static Stream<Supplier<Error>> errors() {
        return Stream.of(
                () -> new OutOfMemoryError("Java heap space"), StackOverflowError::new, () -> new AssertionError("no"));
    }

    @Test
    void withoutACheckpointTheMessageSaysWhereTheStepsAre() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Batches failing = new Faulty(batches(), 2, batch -> unreadable());
            assertThatThrownBy(() -> Trainer.of(network, failing).run())
                    .isInstanceOf(TrainingException.class)
                    .hasMessage(
                            "epoch 1, batch 2 of 3: the disk went away\nThe 1 step done until then is in the network,"
                                    + " but in no checkpoint; net.saveCheckpoint(file) keeps them. A trainer that is given a"
                                    + " checkpoint(file) does so itself, and goes on from it");
        }
    }

    @Test
    void aNetworkThatIsClosedMeanwhileKeepsTheCheckpointOfTheEpochBefore() throws IOException {
        TinyNetwork network = TinyNetwork.create(Init.seed(42));
        Batches closing = new Faulty(batches(), 8, batch -> {
            network.close();
            return batch;
        });
        assertThatThrownBy(() -> trainer(network, closing).run())
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("epoch 3, batch 2 of 3: TinyNetwork is closed")
                .hasMessageContaining(checkpoint + " is as it was before");
        assertGoesOnAsAWholeRun();
    }

    @Test
    void anUpdateThatFailsHalfWayIsInNoCheckpoint() {
        try (TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(42), new Brittle())) {
            Trainer trainer =
                    Trainer.of(network, batches()).epochs(2).ledger(ledger).checkpoint(checkpoint);
            assertThatThrownBy(trainer::run)
                    .isInstanceOf(TrainingException.class)
                    .hasMessage("epoch 2, batch 2 of 3: it broke\n" + checkpoint
                            + " is as it was before; a run with it goes on from there");
            network.resume(checkpoint);
            assertThat(network.updates()).isEqualTo(3);
        }
    }

    /** Fails at its fifth update. */
    private static final class Brittle extends Optimizer {
        Brittle() {
            super(0.1);
        }

        @Override
        public List<String> stateNames() {
            return List.of();
        }

        @Override
        protected Update update(long count) {
            if (count == 5) {
                throw new IllegalStateException("it broke");
            }
            return new Update() {
                @Override
                public void apply(float[] w, float[] g, float[][] state, int n) {
                    for (int i = 0; i < n; i++) {
                        w[i] -= 0.1f * g[i];
                    }
                }

                @Override
                public void apply(double[] w, double[] g, double[][] state, int n) {
                    throw new AssertionError("the network is in single precision");
                }

                @Override
                public void rates(float[] rates, float[][] state, int n) {
                    Arrays.fill(rates, 0.1f);
                }

                @Override
                public void rates(double[] rates, double[][] state, int n) {
                    Arrays.fill(rates, 0.1);
                }
            };
        }
    }

    @Test
    void whatTheListenerSetsIsInTheCheckpoint() {
        try (TinyNetwork stopped = TinyNetwork.create(DataType.FLOAT, Init.seed(42), new Sgd(0.1));
                TinyNetwork network = TinyNetwork.create(DataType.FLOAT, Init.seed(42), new Sgd(0.1))) {
            Trainer.of(stopped, batches())
                    .checkpoint(checkpoint)
                    .onEpoch((epoch, report) -> stopped.optimizer().lr(0.05))
                    .run();
            network.resume(checkpoint);
            assertThat(network.optimizer().lr()).isEqualTo(0.05);
        }
    }

    @Test
    void aCheckpointOfOtherBatchesIsRefusedAndTheNetworkStaysAsItIs() {
        try (TinyNetwork first = TinyNetwork.create(Init.seed(42))) {
            Trainer.of(first, batches()).epochs(2).checkpoint(checkpoint).run();
        }
        Examples examples = Examples.of(DataType.FLOAT, 10, 1);
        Batches larger = Batches.of(examples.images(), examples.labels(), 5, 7);
        Examples fewer = Examples.of(DataType.FLOAT, 9, 1);
        Batches smaller = Batches.of(fewer.images(), fewer.labels(), 3, 7);
        try (TinyNetwork network = TinyNetwork.create(Init.seed(43))) {
            List<INDArray> before = everything(network);
            String advice = "; give the trainer the same batches, or call net.resume(file) and train with a checkpoint"
                    + " in another file, which counts epochs from 1";
            assertThatThrownBy(() -> Trainer.of(network, larger)
                            .epochs(4)
                            .checkpoint(checkpoint)
                            .run())
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(checkpoint + ": was written in training on 3 batches an epoch, but these are 2 an epoch"
                            + advice);
            assertThatThrownBy(() -> Trainer.of(network, smaller)
                            .epochs(4)
                            .checkpoint(checkpoint)
                            .run())
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(checkpoint + ": was written in training on batches of 4 examples, but these have 3"
                            + advice);
            assertThat(everything(network)).isEqualTo(before);
            assertThat(network.updates()).isZero();
        }
    }

    @Test
    void aCheckpointThatNoTrainerWroteIsRefused() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Examples examples = Examples.of(DataType.FLOAT, 2, 1);
            network.trainStep(examples.images(), examples.labels());
            network.saveCheckpoint(checkpoint);
            assertThatThrownBy(() -> Trainer.of(network, batches())
                            .checkpoint(checkpoint)
                            .run())
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessage(checkpoint + ": was not written by a trainer, or not as a checkpoint: its metadata has"
                            + " no 'trainer.epochs'. Read it with net.resume or net.load, and give the trainer another"
                            + " file");
        }
    }

    @Test
    void stepsBeforeTheTrainerDoNotConfuseIt() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42));
                TinyNetwork resumed = TinyNetwork.create(Init.seed(43))) {
            Examples examples = Examples.of(DataType.FLOAT, 2, 1);
            network.trainStep(examples.images(), examples.labels());
            Trainer.of(network, batches()).epochs(2).checkpoint(checkpoint).run();

            assertThat(Trainer.of(resumed, batches())
                            .epochs(3)
                            .checkpoint(checkpoint)
                            .run())
                    .hasSize(1);
            assertThat(resumed.updates()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "trainer.epochs, -1",
        "trainer.epochs, 2147483647",
        "trainer.epochs, x",
        "trainer.batches, 4",
        "trainer.batches, -1",
        "trainer.batches_per_epoch, 0",
        "trainer.batch_size, 0",
        "trainer.examples, 0",
        "trainer.examples, 99999999999",
        "trainer.data_loss, NaN",
        "trainer.data_loss, 1e999",
        "trainer.penalties, -1",
        "trainer.penalties, 1000000",
        "trainer.penalties.0.sum, Infinity",
    })
    void aDamagedPositionIsRefusedAndTheNetworkStaysAsItIs(String key, String value) {
        try (TinyNetwork first = TinyNetwork.create(Init.seed(42))) {
            Batches failing = new Faulty(batches(), 5, batch -> unreadable());
            assertThatThrownBy(() -> Trainer.of(first, failing)
                            .epochs(EPOCHS)
                            .checkpoint(checkpoint)
                            .run())
                    .isInstanceOf(TrainingException.class);
        }
        FileCopy whole = FileCopy.of(checkpoint);
        assertThat(whole.metadata).containsKey(key);
        whole.metadata(key, value).write(checkpoint);
        assertRefused("its metadata '" + key + "' should be ");
        whole.without(key).write(checkpoint);
        assertRefused("its metadata has no '" + key + "'");
    }

    private void assertRefused(String message) {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(43))) {
            List<INDArray> before = everything(network);
            assertThatThrownBy(() -> Trainer.of(network, batches())
                            .epochs(EPOCHS)
                            .checkpoint(checkpoint)
                            .run())
                    .isInstanceOf(WeightsFileException.class)
                    .hasMessageStartingWith(checkpoint + ": ")
                    .hasMessageContaining(message);
            assertThat(everything(network)).isEqualTo(before);
            assertThat(network.updates()).isZero();
        }
    }

    @Test
    void notesOfOnesOwnGoIntoACheckpointUnlessTheirNamesAreTaken() {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            network.saveCheckpoint(checkpoint, Map.of("epoch", "17"));
            try (TensorFile file = TensorFile.open(checkpoint)) {
                assertThat(file.metadata()).containsEntry("epoch", "17").containsEntry("updates", "0");
            }
            assertThatThrownBy(() -> network.saveCheckpoint(checkpoint, Map.of("updates", "17")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a checkpoint has a 'updates' of its own; give the note another name");
        }
    }

    @Test
    void twoRunsOfOneTrainerWriteOneLedgerAfterTheOther() throws IOException {
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Trainer trainer = Trainer.of(network, batches()).epochs(2).ledger(ledger);
            trainer.run();
            trainer.run();
            assertThat(Files.readAllLines(ledger)).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ledger.csv", "tiny.safetensors", "checkpoint"})
    void twoRunsAtOnceDoNotShareAFile(String name) throws IOException {
        Path file = folder.resolve(name);
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42));
                TinyNetwork other = TinyNetwork.create(Init.seed(42))) {
            List<Throwable> refused = new ArrayList<>();
            trainer(network, batches())
                    .onEpoch((epoch, report) -> {
                        Trainer second = Trainer.of(other, batches());
                        Path alias = link.resolve(name);
                        Trainer sharing = switch (name) {
                            case "ledger.csv" -> second.ledger(alias);
                            case "checkpoint" -> second.checkpoint(alias);
                            default -> second.weights(alias);
                        };
                        refused.add(catchThrowable(sharing::run));
                    })
                    .run();

            assertThat(refused)
                    .hasSize(EPOCHS)
                    .allSatisfy(thrown -> assertThat(thrown)
                            .isExactlyInstanceOf(IllegalStateException.class)
                            .hasMessage(link.resolve(name)
                                    + " is being written by another training run, of this process; wait until that ends, or"
                                    + " give this one a file of its own"));
            assertThat(other.updates()).isZero();
            Files.delete(file);
            Trainer.of(other, batches()).ledger(file).run();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ledger.csv", "tiny.safetensors", "checkpoint"})
    void aFileThatNoRunWroteIsRefusedBeforeTheFirstStep(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "width,height\n1,2\n");
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            Trainer trainer = Trainer.of(network, batches());
            Trainer writing = switch (name) {
                case "ledger.csv" -> trainer.ledger(file);
                case "checkpoint" -> trainer.checkpoint(file);
                default -> trainer.weights(file);
            };

            assertThatThrownBy(writing::run)
                    .hasMessageContaining(file.toString())
                    .hasMessageEndingWith("so it is not overwritten; move it out of the way, or give another name");
            assertThat(network.updates()).isZero();
        }
        assertThat(file).hasContent("width,height\n1,2");
    }

    @Test
    void oneLedgerTakesTheRowsOfOneRun() {
        LedgerCsv first = new LedgerCsv(ledger);
        LedgerCsv second = new LedgerCsv(ledger);
        first.write(1, StepReport.of(1, List.of()));
        second.write(1, StepReport.of(1, List.of()));
        second.write(2, StepReport.of(1, List.of()));
        assertThatThrownBy(() -> first.write(2, StepReport.of(1, List.of())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(ledger + " was changed by somebody else since the row before epoch 2 was written; a ledger"
                        + " is one run's");
    }

    @Test
    void aKilledRunGoesOnAndWhatItLeftIsRemoved() throws Exception {
        try (OtherProcess other = OtherProcess.start(StoppedTrainerTest.class, folder.toString());
                TinyNetwork network = TinyNetwork.create(Init.seed(43))) {
            other.awaitLine("two epochs are done");
            assertThatThrownBy(() -> trainer(network, batches()).run())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("(?s).*ledger.csv is being written by another training run, of process [0-9]+;"
                            + " wait until that ends, or give this one a file of its own");
            assertThat(network.updates()).isZero();
            other.kill();
        }
        Files.createFile(folder.resolve(".checkpoint.01234567-89ab-cdef-0123-456789abcdef.part"));

        assertGoesOnAsAWholeRun();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "checkpoint", "ledger.csv", "tiny.safetensors", "whole.csv", "whole.safetensors");
        }
    }

    /** The other process: trains until it is killed. */
    public static void main(String[] args) {
        StoppedTrainerTest test = new StoppedTrainerTest();
        test.folder = Path.of(args[0]);
        test.chooseFiles();
        try (TinyNetwork network = TinyNetwork.create(Init.seed(42))) {
            test.trainer(network, batches())
                    .progress(new Progress() {
                        private int steps;

                        @Override
                        public void begin(String task, long steps) {}

                        @Override
                        public void step(String message) {
                            if (++steps == 8) {
                                System.out.println("two epochs are done");
                                OtherProcess.waitToBeKilled();
                            }
                        }

                        @Override
                        public void end() {}
                    })
                    .run();
        }
    }
}
