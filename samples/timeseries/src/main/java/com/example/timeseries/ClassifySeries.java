package com.example.timeseries;

import java.nio.file.Path;
import java.util.List;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.Validation;
import org.espalier.runtime.train.metric.Accuracy;
import org.espalier.runtime.train.metric.ConfusionMatrix;

/** Trains the network of series.net on 120 time series until it gets no better, and tests it on 900 others. */
public final class ClassifySeries {
    private static final int BATCH = 16;
    private static final int MOST_EPOCHS = 200;
    private static final int PATIENCE = 25;
    private static final long SEED = 42;

    private ClassifySeries() {}

    /** Prints how often the network is right, and how often the nearest neighbour is. */
    public static void main(String[] args) {
        Dataset training = Series.make(120, SEED);
        Dataset validation = Series.make(300, SEED + 1);
        Dataset test = Series.make(900, SEED + 2);
        Path demo = Path.of("target", "demo");

        try (SeriesClassifier net = SeriesClassifier.create(Init.seed(SEED))) {
            int epochs = train(net, training, validation, MOST_EPOCHS, demo, Progress.console());
            System.out.println("Stopped after " + epochs + " epochs");

            Accuracy accuracy = new Accuracy();
            ConfusionMatrix confusion = new ConfusionMatrix(Series.SHAPES.size());
            new Validation(test.batches(100), List.of(accuracy, confusion)).of(net);
            System.out.println(test.size() + " series not trained on: accuracy");
            System.out.printf("  nearest neighbour  %.1f %%%n", 100 * new NearestNeighbour(training).accuracy(test));
            System.out.printf("  network            %.1f %%%n", 100 * accuracy.value());
            System.out.println("What each " + Series.SHAPES + " was taken for");
            System.out.print(confusion);
            System.out.println("Losses of each epoch, and weights  " + demo.toAbsolutePath());
        }
    }

    /**
     * Trains until the loss on validation data gets no better, and brings back the best weights.
     *
     * @param epochs at most
     * @param folder gets the best weights and the ledger
     * @return after how many epochs it stopped
     */
    static int train(
            SeriesClassifier net, Dataset training, Dataset validation, int epochs, Path folder, Progress progress) {
        Path best = folder.resolve("series.safetensors");
        Trainer trainer = Trainer.of(net, training.batches(BATCH).shuffled(SEED))
                .epochs(epochs)
                .validation(validation.batches(100), new Accuracy())
                .best(best, "loss")
                .earlyStopping("loss", PATIENCE)
                .ledger(folder.resolve("series.csv"))
                .progress(progress);
        trainer.run();
        net.load(best);
        return trainer.history().size();
    }
}
