package ${package};

import java.nio.file.Path;
import org.espalier.runtime.Init;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.train.EpochReport;
import org.espalier.runtime.train.Progress;
import org.espalier.runtime.train.Trainer;
import org.espalier.runtime.train.metric.Accuracy;

/** Trains the network of shapes.net, and tests it on pictures that it has not seen. */
public final class Main {
    private static final long SEED = 42;

    private Main() {}

    /** Prints how often the network is right, and saves its weights. */
    public static void main(String[] arguments) {
        Path folder = Path.of("target", "training");
        try (ShapeClassifier net = ShapeClassifier.create(Init.seed(SEED))) {
            double accuracy = train(net, 8, folder, Progress.console());
            System.out.printf("Right about %.1f %% of pictures not trained on%n", 100 * accuracy);
            System.out.println("Weights, and losses of each epoch  " + folder.toAbsolutePath());
        }
    }

    /**
     * Trains, and saves weights and losses after each epoch.
     *
     * @return the share of pictures not trained on that the network is right about
     */
    static double train(ShapeClassifier net, int epochs, Path folder, Progress progress) {
        Dataset training = Shapes.draw(600, SEED);
        Dataset validation = Shapes.draw(300, SEED + 1);
        Trainer trainer = Trainer.of(net, training.batches(32).shuffled(SEED))
                .epochs(epochs)
                .validation(validation.batches(100), new Accuracy())
                .weights(folder.resolve("shapes.safetensors"))
                .ledger(folder.resolve("shapes.csv"))
                .progress(progress);
        trainer.run();
        EpochReport last = trainer.history().get(trainer.history().size() - 1);
        return last.validation().get("accuracy");
    }
}
