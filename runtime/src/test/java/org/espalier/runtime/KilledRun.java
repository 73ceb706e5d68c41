package org.espalier.runtime;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.runtime.data.Batches;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.data.augment.Augmentation;
import org.espalier.runtime.optim.optimizer.Adam;
import org.espalier.runtime.optim.optimizer.AdamW;
import org.espalier.runtime.optim.optimizer.NAdam;
import org.espalier.runtime.optim.optimizer.Optimizer;
import org.espalier.runtime.optim.optimizer.RAdam;
import org.espalier.runtime.optim.optimizer.RmsProp;
import org.espalier.runtime.optim.optimizer.Rprop;
import org.espalier.runtime.optim.optimizer.Sgd;
import org.espalier.runtime.train.Adversarial;
import org.espalier.runtime.train.Callback;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.LastBatch;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.metric.Accuracy;
import org.espalier.runtime.train.metric.MeanError;
import org.espalier.runtime.train.metric.Metric;
import org.espalier.runtime.train.schedule.CosineAnnealingWarmRestarts;
import org.espalier.runtime.train.schedule.LRScheduler;
import org.espalier.runtime.train.schedule.OneCycleLR;
import org.espalier.runtime.train.schedule.ReduceLROnPlateau;
import org.espalier.runtime.train.schedule.StepLR;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One of many training runs, each of which combines other options, that processes work on which are killed.
 * {@code main} is such a process: it trains all that are not finished, each on a thread of its own.
 */
final class KilledRun {
    /** The file that a run leaves when it is over, besides those that a trainer writes. */
    static final String FINISHED = "finished";

    /** Line that a process prints for each step of any run. */
    static final String STEP = "step";

    private static final int EPOCHS = 24;
    private static final int BATCHES = 6;

    private final Random choice;
    private final Path folder;
    private final Callback callback;

    private KilledRun(long number, Path folder, Callback callback) {
        this.choice = new Random(number);
        this.folder = folder;
        this.callback = callback;
    }

    /** Trains a run to its end, from its checkpoint if there is one; two networks in each fifth run. */
    static void train(long number, Path folder, Callback callback) throws IOException {
        KilledRun run = new KilledRun(number, folder, callback);
        if (number % 5 == 4) {
            run.trainTwo();
        } else {
            run.trainOne();
        }
        Files.createFile(folder.resolve(FINISHED));
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(choice.nextInt(choices.size()));
    }

    private void trainOne() {
        DataType type = oneOf(List.of(DataType.FLOAT, DataType.DOUBLE));
        Optimizer optimizer = oneOf(List.of(
                new Adam(1e-2),
                new Adam(1e-2).amsgrad(),
                new AdamW(1e-2).amsgrad(),
                new NAdam(1e-2),
                new RAdam(1e-2),
                new RmsProp(1e-3, 0.9, 1e-8, 0.9, true),
                new Rprop(1e-3),
                new Sgd(1e-2, 0.9, 0, true)));
        Examples examples = Examples.of(type, 22, 1);
        boolean skips = choice.nextInt(3) == 0;
        if (skips) {
            examples.images().putScalar(new long[] {5, 0, 0, 0}, Double.POSITIVE_INFINITY);
        }
        Examples others = Examples.of(type, 9, 2);
        Batches batches = batches(Dataset.of(examples.images(), examples.labels()), true);
        try (TinyNetwork network = TinyNetwork.create(type, Init.seed(3), optimizer)) {
            Trainer trainer = Trainer.of(network, batches)
                    .accumulate(1 + choice.nextInt(3), oneOf(List.of(Trainer.Accumulation.values())));
            if (skips) {
                trainer.skipNonFinite();
            }
            train(trainer, Dataset.of(others.images(), others.labels()).batches(4), new Accuracy());
        }
    }

    private void trainTwo() {
        INDArray sources = numbers(4, 22, 6);
        INDArray truth = numbers(5, 22, 3);
        try (WideNetwork generator = new WideNetwork(6, 3);
                WideNetwork discriminator = new WideNetwork(9, 1)) {
            Adversarial gan = new Adversarial(
                    new Adversarial.Generator(
                            generator,
                            generator,
                            gradient ->
                                    generator.backward(generator.y().mul(0.1).add(gradient))),
                    new Adversarial.Discriminator(
                            discriminator,
                            (source, made) -> discriminator.forward(Nd4j.concat(1, source, made)),
                            discriminator::loss,
                            discriminator::backward,
                            () -> {
                                INDArray gradient = discriminator
                                        .dX()
                                        .get(NDArrayIndex.all(), NDArrayIndex.interval(6, 9))
                                        .dup('c');
                                discriminator.zeroGradients();
                                return gradient;
                            }),
                    0.5);
            train(
                    Trainer.of(gan, batches(Dataset.of(sources, truth), false)),
                    Dataset.of(numbers(6, 9, 6), numbers(7, 9, 3)).batches(4),
                    MeanError.mae());
        }
    }

    private static INDArray numbers(long seed, int rows, int columns) {
        return Nd4j.createFromArray(
                        new Random(seed).doubles((long) rows * columns, -1, 1).toArray())
                .castTo(DataType.FLOAT)
                .reshape(rows, columns);
    }

    private Batches batches(Dataset data, boolean pictures) {
        Batches batches = data.batches(4).shuffled(7);
        if (pictures && choice.nextBoolean()) {
            batches = batches.map(Augmentation.none().withFlips().withJitter(1), 8);
        }
        return choice.nextBoolean() ? batches.prefetch(1 + choice.nextInt(3)) : batches;
    }

    /** Trains with options that are drawn by lot. */
    private void train(Trainer trainer, Batches validation, Metric metric) {
        trainer.epochs(EPOCHS)
                .lastBatch(oneOf(List.of(LastBatch.values())))
                .weights(folder.resolve("weights"))
                .ledger(folder.resolve("ledger.csv"))
                .checkpoint(folder.resolve("checkpoint"))
                .callback(callback);
        switch (choice.nextInt(6)) {
            case 0 -> trainer.schedule(new StepLR(5, 0.5));
            case 1 -> trainer.scheduleSteps(new OneCycleLR(2e-2, (long) EPOCHS * BATCHES));
            case 2 -> trainer.scheduleSteps(LRScheduler.warmUp(9, new CosineAnnealingWarmRestarts(20)));
            case 3 ->
                trainer.reduceOnPlateau(new ReduceLROnPlateau(ReduceLROnPlateau.Mode.MIN, 0.5, 1), "training_loss");
            case 4 -> trainer.learningRate(epoch -> 1e-2 / epoch);
            default -> {
                // The learning rate stays as it is.
            }
        }
        if (choice.nextBoolean()) {
            trainer.averageWeights(0.9);
        }
        if (choice.nextBoolean()) {
            trainer.clipNorm(0.5);
        }
        if (choice.nextInt(3) > 0) {
            trainer.validation(validation, metric).validateEvery(1 + choice.nextInt(2));
            if (choice.nextBoolean()) {
                trainer.best(folder.resolve("best"), "loss");
            }
            if (choice.nextBoolean()) {
                trainer.earlyStopping("loss", 8);
            }
        }
        trainer.run();
    }

    /** The folder of a run. */
    static Path folder(Path runs, long number) {
        return runs.resolve("run-" + number);
    }

    /**
     * Trains until it is killed, or all is done.
     *
     * @param arguments the folder of the runs, the first of them and how many there are
     */
    public static void main(String[] arguments) throws InterruptedException {
        Path runs = Path.of(arguments[0]);
        long first = Long.parseLong(arguments[1]);
        List<Thread> threads = new ArrayList<>();
        for (long number = first; number < first + Long.parseLong(arguments[2]); number++) {
            long own = number;
            Path folder = folder(runs, number);
            if (!Files.exists(folder.resolve(FINISHED))) {
                threads.add(new Thread(() -> {
                    try {
                        train(own, folder, new Steps(System.out));
                    } catch (IOException | RuntimeException | Error failure) {
                        System.out.println("run " + own + " failed");
                        failure.printStackTrace(System.out);
                        Runtime.getRuntime().halt(1);
                    }
                }));
            }
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Says when a step is done, and counts the epochs over all processes. */
    static final class Steps implements Callback {
        private final PrintStream out;
        private int epochs;

        Steps(PrintStream out) {
            this.out = out;
        }

        @Override
        public void onStep(int epoch, int batch, StepReport step) {
            out.println(STEP);
        }

        @Override
        public void onEpoch(EpochReport report) {
            epochs++;
        }

        @Override
        public Map<String, String> state() {
            return Map.of("epochs", String.valueOf(epochs));
        }

        @Override
        public void resume(Map<String, String> state) {
            epochs = Integer.parseInt(state.getOrDefault("epochs", ""));
        }
    }
}
