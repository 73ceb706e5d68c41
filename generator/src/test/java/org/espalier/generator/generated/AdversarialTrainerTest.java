package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.espalier.runtime.Network;
import org.espalier.runtime.StepReport;
import org.espalier.runtime.data.Batch;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.kernel.loss.LossEntry;
import org.espalier.runtime.train.Adversarial;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.LastBatch;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.Trainer.Accumulation;
import org.espalier.runtime.train.TrainingException;
import org.espalier.runtime.train.metric.MeanError;
import org.espalier.runtime.train.schedule.CosineAnnealingLR;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Trains the networks of {@code gan.net}, together and one by itself, by a trainer and by hand. */
class AdversarialTrainerTest {
    private static final int EXAMPLES = 14;

    private final INDArray drawings = numbers(1, EXAMPLES, 1, 8, 8);
    private final INDArray photos = numbers(2, EXAMPLES, 2, 8, 8);

    @TempDir
    private Path folder;

    private static INDArray numbers(long seed, long... shape) {
        long count = LongStream.of(shape).reduce(1, (a, b) -> a * b);
        return Nd4j.createFromArray(new Random(seed).doubles(count, -1, 1).toArray())
                .reshape(shape);
    }

    private Batches batches() {
        return Dataset.of(drawings, photos).batches(4).shuffled(7);
    }

    private static double[] weights(Network network) {
        return network.parameters().values().toDoubleVector();
    }

    @Test
    void aTrainerMakesTheStepsOfALoopByHand() {
        try (AdversarialPair trained = AdversarialPair.create(1);
                AdversarialPair byHand = AdversarialPair.create(1)) {
            List<StepReport> epochs = Trainer.of(trained.gan(), batches())
                    .epochs(2)
                    .scheduleSteps((base, step) -> base / (1 + step))
                    .clipNorm(0.5)
                    .run();

            Adversarial gan = byHand.gan();
            List<Network> both = List.of(byHand.painter(), byHand.critic());
            both.forEach(network -> network.optimizer().clipNorm(0.5));
            int step = 0;
            double total = 0;
            for (int epoch = 1; epoch <= 2; epoch++) {
                for (Batch batch : batches().epoch(epoch)) {
                    double rate = 0.01 / (1 + step++);
                    both.forEach(network -> network.optimizer().lr(rate));
                    Adversarial.Reports reports = gan.step(batch.input(), batch.target());
                    total += epoch < 2
                            ? 0
                            : batch.size()
                                    * (reports.generator().total()
                                            + reports.discriminator().total());
                }
            }

            assertThat(weights(trained.painter())).isEqualTo(weights(byHand.painter()));
            assertThat(weights(trained.critic())).isEqualTo(weights(byHand.critic()));
            assertThat(epochs.get(1).total()).isCloseTo(total / EXAMPLES, within(1e-12));
            assertThat(epochs.get(1).losses())
                    .extracting(LossEntry::name)
                    .containsExactly("supervised", "adversarial", "real", "made");
        }
    }

    /** Stops after some steps of all its runs. */
    private static final class Stop implements Callback {
        private final int last;
        private int steps;

        Stop(int last) {
            this.last = last;
        }

        @Override
        public void onStep(int epoch, int batch, StepReport step) {
            if (++steps == last) {
                throw new IllegalStateException("stopped");
            }
        }
    }

    private Trainer everything(Adversarial gan, Path files) {
        return Trainer.of(gan, batches())
                .epochs(4)
                .scheduleSteps(LRScheduler.warmUp(3, new CosineAnnealingLR(12)))
                .clipValue(0.1)
                .averageWeights(0.9)
                .lastBatch(LastBatch.MERGE)
                .validation(Dataset.of(drawings, photos).batches(7), MeanError.mae())
                .best(files.resolve("best"), "mae")
                .earlyStopping("mae", 3)
                .ledger(files.resolve("ledger.csv"))
                .weights(files.resolve("weights"))
                .checkpoint(files.resolve("checkpoint"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 8})
    void aRunThatIsStoppedAnywhereEndsWithTheBitsOfAWholeOne(int stop) throws IOException {
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        try (AdversarialPair pair = AdversarialPair.create(1)) {
            everything(pair.gan(), whole).run();
        }
        try (AdversarialPair pair = AdversarialPair.create(1)) {
            Trainer trainer = everything(pair.gan(), stopped).callback(new Stop(stop));
            assertThatThrownBy(trainer::run)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("run the trainer again");
        }
        try (AdversarialPair pair = AdversarialPair.create(3)) {
            everything(pair.gan(), stopped).run();
        }

        for (String file : List.of("best", "weights", "ledger.csv", "checkpoint", "checkpoint.discriminator-12")) {
            assertThat(stopped.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
    }

    @Test
    void aBatchThatIsNotFiniteTeachesNeitherAndIsSkippedIfAsked() {
        photos.putScalar(new int[] {5, 0, 2, 2}, Double.NaN);
        try (AdversarialPair trained = AdversarialPair.create(1);
                AdversarialPair byHand = AdversarialPair.create(1)) {
            Batches inOrder = Dataset.of(drawings, photos).batches(4);
            Trainer skipping = Trainer.of(trained.gan(), inOrder).skipNonFinite();
            skipping.run();
            for (int start : new int[] {0, 8, 12}) {
                byHand.gan().step(rows(drawings, start), rows(photos, start));
            }

            assertThat(skipping.history()).extracting(EpochReport::skipped).containsExactly(1L);
            assertThat(weights(trained.painter())).isEqualTo(weights(byHand.painter()));
            assertThat(weights(trained.critic())).isEqualTo(weights(byHand.critic()));
            assertThat(trained.painter().statistics())
                    .isEqualTo(byHand.painter().statistics());
            assertThat(trained.critic().statistics()).isEqualTo(byHand.critic().statistics());
        }
        try (AdversarialPair pair = AdversarialPair.create(1)) {
            Trainer refusing = Trainer.of(pair.gan(), batches());
            assertThatThrownBy(refusing::run)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("epoch 1, batch ");
        }
    }

    private static INDArray rows(INDArray array, int start) {
        return array.get(NDArrayIndex.interval(start, Math.min(start + 4, EXAMPLES)))
                .dup('c');
    }

    @Test
    void aStepOfTwoNetworksIsOfOneBatch() {
        try (AdversarialPair pair = AdversarialPair.create(1)) {
            Trainer trainer = Trainer.of(pair.gan(), batches());
            assertThatThrownBy(() -> trainer.accumulate(2, Accumulation.MEAN))
                    .hasMessage(
                            "a step of networks that train each other is of 1 batch, not of 2; make batches larger");
            assertThatThrownBy(() -> trainer.lambda("elastic", "l1", epochs -> 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("elastic");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aNetworkWithSeveralInputsIsTrainedByFunctions(int accumulated) {
        INDArray real = numbers(3, EXAMPLES, 1, 4, 4).gt(0).castTo(DataType.DOUBLE);
        Batches pairs = Dataset.of(List.of(drawings, photos), List.of(real))
                .batches(4)
                .shuffled(7)
                .prefetch(2);
        try (AdversarialPair trained = AdversarialPair.create(1);
                AdversarialPair byHand = AdversarialPair.create(1)) {
            Trainer trainer = trained.criticAlone(pairs)
                    .accumulate(accumulated, Accumulation.SUM)
                    .lastBatch(LastBatch.MERGE)
                    .validation(pairs, MeanError.mse());
            trainer.run();

            List<Batch> read = new ArrayList<>();
            pairs.epoch(1).forEach(batch -> read.add(batch.copy()));
            read.set(2, read.get(2).followedBy(read.remove(3)));
            for (int i = 0; i < 3; i++) {
                Batch batch = read.get(i);
                byHand.judge(batch.input(0), batch.input(1));
                byHand.learn(batch.target());
                if (accumulated == 1 || i > 0) {
                    byHand.critic().update();
                }
            }

            assertThat(weights(trained.critic())).isEqualTo(weights(byHand.critic()));
            byHand.critic().eval();
            INDArray error = byHand.judge(drawings, photos).sub(real);
            assertThat(trainer.history().get(0).validation().get("mse"))
                    .isCloseTo(error.mul(error).meanNumber().doubleValue(), within(1e-12));
        }
    }

    @Test
    void batchesOfSeveralArraysSayWhatTheyHave() {
        Batch batch = new Batch(List.of(drawings, photos), List.of());

        assertThat(batch.size()).isEqualTo(EXAMPLES);
        assertThatThrownBy(batch::input)
                .hasMessage("expected a batch with one input, found one with 2; input(i) returns one of several");
        assertThatThrownBy(batch::target)
                .hasMessage("expected a batch with one target, found one with 0; target(i) returns one of several");
        assertThatThrownBy(() -> new Batch(List.of(drawings, numbers(1, 3, 2)), List.of(photos)))
                .hasMessage("expected as many examples in every array of a batch, found [14, 3, 14]");
        assertThatThrownBy(() -> new Batch(List.of(), List.of(photos)))
                .hasMessage("expected an input at least, found none");
    }
}
